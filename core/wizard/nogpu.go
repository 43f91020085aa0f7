package wizard

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// GPUNeeded is the problem of a training on an instance that is rented for its
// GPU and shows none, with nobody there to restart it.
const GPUNeeded problem.Code = "gpu-needed" // host, platform, how_zh, how_en

// The notes about instances without a GPU.
const (
	NoteNoGPUMode   NoteCode = "no-gpu-mode"    // platform, cheap, price (per hour, without and with the GPU)
	NoteNoGPUAdvice NoteCode = "no-gpu-advice"  // platform, cheap, price, bytes, seconds, saving: upload without the GPU
	NoteUploadPaid  NoteCode = "upload-paid"    // seconds, paid, saved: what the upload cost without the GPU
	NoteWaitGPU     NoteCode = "wait-gpu"       // platform, how_zh, how_en
	NoteStillNoGPU  NoteCode = "still-no-gpu"   // host: it answers, and shows no GPU yet
	NoteGPUBack     NoteCode = "gpu-back"       // host, gpu
	NotePrepared    NoteCode = "prepared-there" // what the training needs was made ready while the GPU is off
	NotePrepareFail NoteCode = "prepare-later"  // it is tried again before the training
)

// noGPUMode reports whether the instance runs in its platform's cheap mode: no
// GPU, and no more processors and memory than that mode has.
func (w *work) noGPUMode() bool {
	platform, _ := w.platform()
	mode := platform.NoGPU
	if mode == nil || len(w.facts.GPUs) > 0 || w.Practice() || w.facts.Practice {
		return false
	}
	return (mode.CPUs == 0 || w.facts.CPUs <= 2*mode.CPUs) && (mode.MemoryMiB == 0 || w.facts.MemoryMiB <= mode.MemoryMiB*3/2)
}

// tellNoGPU says that the instance shows no GPU, which is right for an upload.
func (w *work) tellNoGPU() {
	cheap, full := w.rates()
	if !w.noGPUMode() || cheap.IsZero() {
		w.note(NoteNoGPU)
		return
	}
	w.note(NoteNoGPUMode, "platform", w.plan.Platform, "cheap", cheap.String(), "price", known(full))
}

// rates are what an hour costs without and with the GPU; zero is not known.
func (w *work) rates() (cheap, full rental.Money) {
	platform, _ := w.platform()
	if platform.NoGPU != nil {
		cheap, _ = rental.ParseMoney(platform.NoGPU.PerHour, platform.Currency)
	}
	if terms, err := termsOf(w.plan); err == nil && terms.PerHour.Currency() == platform.Currency {
		full = terms.PerHour
	}
	return cheap, full
}

// usualRate is what an upload from home brings, in bytes a second, for the
// forecast of what it costs.
const usualRate = 1e6

// tellCheapUpload recommends to upload without the GPU, with what that saves.
func (w *work) tellCheapUpload() {
	platform, _ := w.platform()
	cheap, full := w.rates()
	manifest, err := label.ReadManifest(w.preparedDataset())
	if platform.NoGPU == nil || full.IsZero() || err != nil || w.Practice() {
		return
	}
	var bytes int64
	for _, f := range manifest.Files {
		bytes += f.Size
	}
	takes := time.Duration(float64(bytes) / usualRate * float64(time.Second))
	saving, err := rental.Cost(full, takes).Less(rental.Cost(cheap, takes))
	if err != nil {
		return
	}
	w.note(NoteNoGPUAdvice, "platform", platform.ID, "cheap", cheap.String(), "price", full.String(),
		"bytes", strconv.FormatInt(bytes, 10), "seconds", seconds(takes), "saving", saving.String())
}

// tellUploadPaid says what an upload without the GPU cost, and saved.
func (w *work) tellUploadPaid(took time.Duration) {
	cheap, full := w.rates()
	if !w.noGPUMode() || cheap.IsZero() || full.IsZero() {
		return
	}
	paid := rental.Cost(cheap, took)
	if saved, err := rental.Cost(full, took).Less(paid); err == nil {
		w.note(NoteUploadPaid, "seconds", seconds(took), "paid", paid.String(), "saved", saved.String())
	}
}

// prepareThere makes ready what the training needs while the GPU is not paid
// for. What does not succeed is tried again before the training, with better
// words.
func (w *work) prepareThere(folder string) error {
	if len(w.facts.GPUs) > 0 || w.Practice() || w.facts.Practice {
		return nil
	}
	python, err := w.choosePython()
	if err == nil {
		err = w.makeReady(folder, python.Path)
	}
	if err == nil {
		w.note(NotePrepared)
		return nil
	}
	if _, ok := problem.As(err); !ok || w.ctx.Err() != nil || passing(err) {
		return err
	}
	w.note(NotePrepareFail)
	return nil
}

// needGPU returns once the instance has its GPU. A training on the processor
// of a rented instance would cost more and take days: it begins only if the
// plan says so.
func (w *work) needGPU() error {
	platform, _ := w.platform()
	if len(w.facts.GPUs) > 0 || w.plan.Train.Device == "cpu" || w.Practice() || w.facts.Practice || platform.ID == "any" || platform.ID == "" {
		return nil
	}
	how := platform.Stop.Note
	if platform.NoGPU != nil && platform.NoGPU.Note.ZH != "" {
		how = platform.NoGPU.Note
	}
	started := false
	if platform.NoGPU != nil {
		var err error
		if started, err = w.offerStart(w.trusted(w.powerSwitch()), true); err != nil {
			return err
		}
	}
	if !started {
		w.note(NoteWaitGPU, "platform", platform.ID, "how_zh", how.ZH, "how_en", how.EN)
	}
	for {
		if err := w.awaitRestart(started); err != nil {
			if problem.Has(err, instance.LoginNeeded) {
				return problem.New(GPUNeeded, err, "host", w.host(), "platform", platform.ID, "how_zh", how.ZH, "how_en", how.EN)
			}
			return err
		}
		started = false
		if err := w.connectAgain(); err != nil {
			return err
		}
		if len(w.facts.GPUs) > 0 {
			break
		}
		w.note(NoteStillNoGPU, "host", w.host())
	}
	gpu := clean.Line(w.facts.GPUs[0].Name)
	w.fact("host", w.host())
	w.fact("gpu", gpu)
	w.note(NoteGPUBack, "host", w.host(), "gpu", gpu)
	return nil
}

// pollGPU is how often the old login is tried while the person restarts the
// instance; tests make it short.
var pollGPU = 3 * time.Second

// awaitRestart asks the person for the login of the restarted instance, and
// watches meanwhile whether it is back at its old one with its GPU. There is
// nothing to wait for if the platform's interface started it.
func (w *work) awaitRestart(started bool) error {
	if started {
		return nil
	}
	old, err := ReadLogin(w.plan.Login)
	if err != nil {
		return err
	}
	ctx, withdraw := context.WithCancel(w.ctx)
	defer withdraw()
	back := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		if w.watchForGPU(ctx) {
			close(back)
			withdraw()
		}
	}()
	login, err := w.env.Face.NewLogin(ctx, old, LoginForGPU)
	withdraw()
	<-watched
	if err != nil {
		select {
		case <-back:
			return nil // the question was withdrawn
		default:
		}
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		return err
	}
	// Whoever has answered is believed, even if the old login works as well.
	if login.Host == "" || login.Command() == old.Command() {
		return nil
	}
	return w.setLogin(login)
}

// gpuThere ends well if a GPU answers; it costs next to nothing.
const gpuThere = `for p in nvidia-smi /usr/bin/nvidia-smi /usr/local/nvidia/bin/nvidia-smi; do
	case $("$p" -L 2>/dev/null </dev/null) in *GPU*) exit 0 ;; esac
done
exit 1`

// watchForGPU tries the old login until a GPU answers there. It never asks the
// person anything, who is asked already.
func (w *work) watchForGPU(ctx context.Context) bool {
	for sleep(ctx, pollGPU) == nil {
		host, err := w.env.Connect(ctx, w.plan, w.StatePath(), busy{w.env.Face})
		if err != nil {
			continue
		}
		exit, err := host.Run(ctx, gpuThere, nil, io.Discard)
		_ = host.Close()
		if err == nil && exit == 0 {
			return true
		}
	}
	return false
}

// connectAgain reaches an instance that was restarted.
func (w *work) connectAgain() error {
	return w.awaitSSH(func() error {
		w.closeInstance()
		return w.connect()
	})
}

// busy is a face that has a question open: what else is asked has to wait.
type busy struct{ Face }

var errBusy = errors.New("another question is open")

// Tell tells nothing of what only watches.
func (busy) Tell(Event) {}

// Password refuses.
func (busy) Password(context.Context, rental.Login, int) (string, error) { return "", errBusy }

// Passphrase refuses.
func (busy) Passphrase(context.Context, string, int) (string, error) { return "", errBusy }

// Challenge refuses.
func (busy) Challenge(context.Context, Challenge) (string, error) { return "", errBusy }

// TrustHost refuses.
func (busy) TrustHost(context.Context, HostKey) (bool, error) { return false, errBusy }

// Remember leaves it open.
func (busy) Remember(context.Context, rental.Login) (planfile.Memory, error) {
	return planfile.RememberAsk, nil
}
