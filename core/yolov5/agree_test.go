package yolov5

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// unit is what the last of so many significant digits is worth.
func unit(x float64, digits int) float64 {
	if x == 0 {
		return 0
	}
	return math.Pow10(int(math.Floor(math.Log10(math.Abs(x)))) + 1 - digits)
}

// agree compares the epochs that a console told with those of a results file,
// to the digits that the console prints: four of the losses, three of the rest.
func agree(t *testing.T, log io.Reader, results io.Reader) {
	t.Helper()
	var h History
	if err := ScanLog(log, h.Add); err != nil {
		t.Fatal(err)
	}
	rows, err := ParseResults(results)
	if err != nil {
		t.Fatal(err)
	}
	told := h.Epochs()
	if len(told) != len(rows) || len(rows) == 0 {
		t.Fatalf("the console told of %d epochs, the file has %d", len(told), len(rows))
	}
	for i, row := range rows {
		e := told[i]
		if e.Number != row.Number {
			t.Fatalf("epoch %d beside %d", e.Number, row.Number)
		}
		for _, f := range []struct {
			name       string
			told, file float64
			digits     int
		}{
			{"box loss", e.Train.Box, row.Train.Box, 4},
			{"obj loss", e.Train.Obj, row.Train.Obj, 4},
			{"cls loss", e.Train.Cls, row.Train.Cls, 4},
			{"precision", e.Precision, row.Precision, 3},
			{"recall", e.Recall, row.Recall, 3},
			{"mAP50", e.MAP50, row.MAP50, 3},
			{"mAP50-95", e.MAP, row.MAP, 3},
		} {
			// Both are rounded: the file to five digits, the console to fewer.
			most := (unit(f.file, f.digits)+unit(f.file, 5))/2 + 1e-12
			if off := math.Abs(f.told - f.file); off > most || math.IsNaN(f.told) != math.IsNaN(f.file) {
				t.Errorf("epoch %d: %s is %v on the console and %v in the file", row.Number, f.name, f.told, f.file)
			}
		}
	}
}

func TestConsoleAgreesWithResults(t *testing.T) {
	log, err := os.Open("../../remote/practice/recording/train.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	results, err := os.Open("../../remote/practice/recording/results.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	agree(t, log, results)
}

// TestRecordedConsolesAgree is the same for the recordings in the folder that
// a variable names: see TestRecordings.
func TestRecordedConsolesAgree(t *testing.T) {
	dir := os.Getenv("GPUWIZARD_TEST_RECORDINGS")
	if dir == "" {
		t.Skip("set GPUWIZARD_TEST_RECORDINGS to a folder with recorded logs")
	}
	for csv, logs := range map[string][]string{
		"results-30ep.csv":           {"run-raccoon-160-30ep.log"},
		"results-killed-resumed.csv": {"kill-1-run.log", "kill-2-resume.log"},
	} {
		t.Run(csv, func(t *testing.T) {
			var all bytes.Buffer
			for _, name := range logs {
				log, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				all.Write(log)
			}
			file, err := os.Open(filepath.Join(dir, csv))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			agree(t, &all, file)
		})
	}
}
