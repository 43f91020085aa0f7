package wizard

import (
	"context"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/rental"
	"gpuwizard/core/yolov5"
)

// A Kind says what an Event tells.
type Kind string

// The kinds of events, in the order in which a step tells them.
const (
	KindBegin    Kind = "begin"    // the step begins
	KindSurvey   Kind = "survey"   // Survey: the data are going to be read, and may be looked into meanwhile
	KindNote     Kind = "note"     // Code and Args: a sentence from tui/text
	KindCommand  Kind = "command"  // Line: the exact command run, here or on the instance
	KindContent  Kind = "content"  // Line: a line to type into the file that was named, as it stands
	KindProgress Kind = "progress" // Progress
	KindLog      Kind = "log"      // Line: output of the instance; Live if the next one replaces it
	KindMetrics  Kind = "metrics"  // Metrics
	KindHurdle   Kind = "hurdle"   // Hurdle: found before the training, or gone
	KindTraining Kind = "training" // Training: where it stands now
	KindCost     Kind = "cost"     // Meter: what the instance has cost, and is going to; nil if not known
	KindGuard    Kind = "guard"    // Guard: what was read back of the guard on the instance
	KindEnd      Kind = "end"      // the step is done
)

// A NoteCode names one sentence that a step says on its way.
type NoteCode string

// The notes of the steps, with the names of their Args.
const (
	NotePlatform      NoteCode = "platform"       // platform, region
	NoteNoRegion      NoteCode = "no-region"      // platform: it has regions, and none was chosen
	NoteForecast      NoteCode = "forecast"       // price, budget, hours: how long the budget lasts
	NoteNoPrice       NoteCode = "no-price"       // the price is not known: no forecast
	NoteDataRead      NoteCode = "data-read"      // pictures, boxes, classes
	NoteLeftOut       NoteCode = "left-out"       // path: a folder of the data that is not used
	NoteQuickLook     NoteCode = "quick-look"     // the pictures' headers were read, the pictures not decoded
	NoteSplit         NoteCode = "split"          // train, val: pictures of the split made here
	NoteGivenSplit    NoteCode = "given-split"    // train, val
	NoteFinding       NoteCode = "finding"        // check, severity, mend, count, files (the first few), plus the finding's own
	NoteConverted     NoteCode = "converted"      // labels (boxes), pictures, folder, skipped: pictures that cannot be used; empty: none
	NoteDataYAML      NoteCode = "data-yaml"      // path
	NoteCodeBeside    NoteCode = "code-beside"    // path: nobody named it, and it lies beside the data and outside of the project
	NoteModelYAML     NoteCode = "model-yaml"     // path, from, to, line: the class count
	NoteModelOnThere  NoteCode = "model-on-there" // path: the model YAML is edited on the instance during upload
	NoteCommand       NoteCode = "train-command"  // command
	NoteConnecting    NoteCode = "connecting"     // host
	NoteKeyInstalled  NoteCode = "key-installed"  // made, path (one of them): a login with the key worked
	NoteKeyNotTaken   NoteCode = "key-not-taken"  // host: it was put there, and taken away again
	NoteKeyFailed     NoteCode = "key-failed"     // detail
	NoteTokenKept     NoteCode = "token-kept"     // platform: its token is in the system's keyring
	NoteKeyringKept   NoteCode = "keyring-kept"   // login: whose password is in the system's keyring
	NoteKeyringFailed NoteCode = "keyring-failed" // detail: there is no keyring that could be used
	NoteProxy         NoteCode = "proxy"          // proxy, variable: the connection goes through it
	NoteJump          NoteCode = "jump"           // host, next: the connection to next goes over host
	NoteNotReady      NoteCode = "not-ready"      // host, attempt: it takes no logins yet, and is tried again
	NoteConnected     NoteCode = "connected"      // host, gpu, python, torch
	NoteNoGPU         NoteCode = "no-gpu"         // the instance shows no GPU: good for uploading, not for training
	NoteNoTorch       NoteCode = "no-torch"       // python: the best there is, without torch; "" is none at all
	NoteRehearsal     NoteCode = "rehearsal"      // the practice instance plays back: no real training
	NoteFolder        NoteCode = "remote-folder"  // folder, free (bytes)
	NoteUploaded      NoteCode = "uploaded"       // what (dataset, code), files, bytes, sent_files, sent_bytes, folder
	NoteModulesOK     NoteCode = "modules-ok"     // every module that the code needs is there
	NoteModules       NoteCode = "modules"        // missing: what is going to be installed
	NoteNoFont        NoteCode = "no-font"        // output: no font could be put in place; YOLOv5 is going to download one
	NoteJobStarted    NoteCode = "job-started"    // folder
	NoteJobFound      NoteCode = "job-found"      // folder: the training was running already
	NoteJobStopped    NoteCode = "job-stopped"    // folder: a training begun with other answers is ended first
	NoteJobEnds       NoteCode = "job-ends"       // folder: the training is ended before the instance is stopped
	NoteReconnect     NoteCode = "reconnect"      // host, seconds: the connection dropped, the job goes on
	NoteTrained       NoteCode = "trained"        // epochs, best_epoch, map50, map
	NoteOnCPU         NoteCode = "on-cpu"         // the training runs on the CPU
	NoteDiagnosis     NoteCode = "diagnosis"      // rule, line, quote, meaning_zh, meaning_en, mend_zh, mend_en
	NoteHarm          NoteCode = "log-harm"       // rule, line, quote, meaning_zh, meaning_en, mend_zh, mend_en: what harmed the training and did not end it
	NoteLogFile       NoteCode = "log-file"       // path: the whole log on this computer
	NoteWeightsThere  NoteCode = "weights-there"  // weights: not here, so YOLOv5 is left to fetch them on the instance
	NoteSaved         NoteCode = "saved"          // path, bytes, sha256
	NoteKeptFile      NoteCode = "kept-file"      // path: another file of that name was there and was left alone
	NoteStillOn       NoteCode = "still-on"       // platform: the instance is still on and costs money
	NoteStopping      NoteCode = "stopping"       // host
	NoteSeenOff       NoteCode = "seen-off"       // host: the connection ended and the port answers no more
	NoteNotConfirmed  NoteCode = "not-confirmed"  // host, why: look into the panel
	NoteAlreadyDone   NoteCode = "already-done"   // the step was done and its evidence holds
)

// An Event is one thing that a step tells while it works. Strings in it that
// came from files or from the instance are cleaned of control characters.
type Event struct {
	Step     journey.Step         `json:"step"`
	Kind     Kind                 `json:"event"`
	Code     NoteCode             `json:"code,omitempty"`
	Args     map[string]string    `json:"args,omitempty"`
	Progress *instance.Progress   `json:"progress,omitempty"`
	Line     string               `json:"line,omitempty"`
	Live     bool                 `json:"live,omitempty"`
	Guard    *instance.GuardState `json:"guard,omitempty"`
	Metrics  yolov5.Event         `json:"-"` // what a line of the training log says
	Training *yolov5.Standing     `json:"training,omitempty"`
	Meter    *Meter               `json:"meter,omitempty"`
	Hurdle   *preflight.Hurdle    `json:"hurdle,omitempty"`
	Survey   *dataset.Survey      `json:"-"`
}

// HostKey is the question whether a host may be trusted.
type HostKey struct {
	Host        string   // host:port
	Type        string   // such as ssh-ed25519
	Fingerprint string   // SHA256:...
	Known       []string // fingerprints known before: not empty means that the key changed
}

// A Challenge is a question that a server asks of who logs in.
type Challenge struct {
	Login             rental.Login
	Name, Instruction string // what the server says about it; may be empty
	Prompt            string
	Echo              bool // the answer may be seen while it is typed
}

// Noted is the event of a note, with details given as name, value.
func Noted(step journey.Step, code NoteCode, details ...string) Event {
	args := map[string]string{}
	for i := 0; i+1 < len(details); i += 2 {
		args[details[i]] = details[i+1]
	}
	return Event{Step: step, Kind: KindNote, Code: code, Args: args}
}

// A LoginReason says why a login is asked for anew.
type LoginReason string

// The reasons for which a login is asked for anew.
const (
	LoginForGPU   LoginReason = "gpu"      // the instance is to be restarted with its GPU
	LoginMoved    LoginReason = "away"     // it is not to be reached any more where it was
	LoginFirst    LoginReason = "first"    // it is not to be reached, and never was
	LoginRefused  LoginReason = "refused"  // it was reached, and does not take the password
	LoginLacking  LoginReason = "lacking"  // there is none in the plan any more
	LoginPortless LoginReason = "portless" // it lacks the port that the platform gives every instance
)

// A Face is the person's side of a step: it is told what happens and asked
// what only a person can answer. Its methods are called from the goroutine
// that runs the step; Tell must return soon.
type Face interface {
	Tell(Event)
	// Password asks for the password of a login; attempt counts from 1.
	// Returning an error ends the step.
	Password(ctx context.Context, login rental.Login, attempt int) (string, error)
	// Passphrase asks for the passphrase of a key file; attempt counts from 1.
	// "" leaves the key out.
	Passphrase(ctx context.Context, path string, attempt int) (string, error)
	// Challenge answers what a server asks beside the password, such as a code
	// from a phone.
	Challenge(ctx context.Context, c Challenge) (string, error)
	// TrustHost asks whether to go on with this host key.
	TrustHost(ctx context.Context, key HostKey) (bool, error)
	// Remember asks, after a login with a password that worked, how the next
	// ones shall go without typing it. RememberAsk leaves it open.
	Remember(ctx context.Context, login rental.Login) (planfile.Memory, error)
	// NewLogin asks for the way to an instance that was restarted or is to be:
	// its port and its password may change. The zero Login stands for the old
	// one. When ctx ends before the answer, the question is withdrawn.
	NewLogin(ctx context.Context, old rental.Login, why LoginReason) (rental.Login, error)
	// StopInstance asks, with the model safely here, whether to stop the
	// instance now.
	StopInstance(ctx context.Context, host string) (bool, error)
}

// A Connector opens the instance that a plan names. dir is the project's own
// folder of evidence.
type Connector func(ctx context.Context, plan planfile.Plan, dir string, face Face) (instance.Instance, error)
