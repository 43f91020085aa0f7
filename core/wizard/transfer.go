package wizard

import (
	"strconv"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// What is told of a transfer whose connection drops.
const (
	NoteCutOff     NoteCode     = "cut-off"         // host, seconds: it goes on where it was
	NoteReadBack   NoteCode     = "read-back"       // host, folder: no commands run there, so all was read back
	NoteReadTwice  NoteCode     = "read-twice"      // host, path: no commands run there, so it was read twice
	TransferPaused problem.Code = "transfer-paused" // host, minutes: the connection did not come back
)

// transferPatience is how long a transfer waits for its connection without
// getting any further.
const transferPatience = 30 * time.Minute

// endure transfers again and again while the connection comes and goes: each
// call goes on where the last one was cut. further says that it sent something.
func (w *work) endure(transfer func() (further bool, err error)) error {
	pause, waited := firstPause, time.Duration(0)
	for {
		further, err := transfer()
		if !passing(err) {
			return err
		}
		if further {
			pause, waited = firstPause, 0
		}
		if waited >= transferPatience {
			return problem.New(TransferPaused, err, "host", w.host(), "minutes", strconv.Itoa(int(transferPatience.Minutes())))
		}
		w.note(NoteCutOff, "host", w.host(), "seconds", strconv.Itoa(int(pause.Seconds())))
		if err := sleep(w.ctx, pause); err != nil {
			return err
		}
		waited += pause
		pause = min(2*pause, longestPause)
	}
}

// upload sends files, and counts over all its tries what was sent.
func (w *work) upload(folder string, files []instance.Source) (instance.Receipt, error) {
	var receipt instance.Receipt
	var sentFiles int
	var sentBytes int64
	err := w.endure(func() (bool, error) {
		var err error
		receipt, err = w.instance.Upload(w.ctx, folder, files, w.progress)
		sentFiles += receipt.SentFiles
		sentBytes += receipt.SentBytes
		return receipt.SentBytes > 0, err
	})
	receipt.SentFiles, receipt.SentBytes = min(sentFiles, receipt.Files), sentBytes
	return receipt, err
}

// download fetches a file, however often it takes.
func (w *work) download(from, to string) (instance.FileFact, error) {
	var fact instance.FileFact
	err := w.endure(func() (bool, error) {
		var err error
		first, most := int64(-1), int64(0)
		fact, err = w.instance.Download(w.ctx, from, to, func(p instance.Progress) {
			if p.Phase == "fetch" {
				if first < 0 {
					first = p.Bytes
				}
				most = p.Bytes
			}
			w.progress(p)
		})
		return first >= 0 && most > first, err
	})
	if err == nil && fact.ReadTwice {
		w.note(NoteReadTwice, "host", w.host(), "path", from)
	}
	return fact, err
}
