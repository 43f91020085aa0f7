package wizard

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
)

// The notes about the report.
const (
	NoteReport     NoteCode = "report"      // path
	NoteReportFail NoteCode = "report-fail" // detail: in words, by the problem's code and details
)

// ReportFile is the report's name beside the model.
const ReportFile = "report.html"

// report writes the report beside the model. It is no evidence: the model is
// here without it.
func (w *work) report(folder string) error {
	if w.env.Report == nil {
		return nil
	}
	name, err := w.writeReport(filepath.Join(folder, ReportFile), w.env.Report)
	if err != nil {
		return err
	}
	w.fact("report", w.rel(name))
	w.note(NoteReport, "path", w.rel(name))
	return nil
}

// WriteReport writes the report of a project whose model is here into a file of
// a name, or beside the model if that is "", and returns where. It never
// overwrites: where another file is in the way, it takes the next number.
func (p *Project) WriteReport(name string, write func(io.Writer, *Project) error) (string, error) {
	e := p.record.Steps[journey.Download]
	model := e.Fact("model")
	if model == "" {
		return "", problem.New(NoModelYet, nil)
	}
	if name == "" {
		name = filepath.Join(filepath.Dir(p.path(model)), ReportFile)
	}
	return p.writeReport(name, write)
}

func (p *Project) writeReport(name string, write func(io.Writer, *Project) error) (string, error) {
	var page bytes.Buffer
	if err := write(&page, p); err != nil {
		return "", err
	}
	// Beside its place: a name may be of another disk than the project.
	arrived := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", cannotWrite(name, err)
	}
	fact := instance.FileFact{Size: int64(page.Len()), SHA256: journey.Digest(page.String())}
	if err := atomic.WriteFile(arrived, &page); err != nil {
		return "", cannotWrite(arrived, err)
	}
	return p.settle(arrived, fact, name)
}
