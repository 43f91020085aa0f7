package practice_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/yolov5"
	"gpuwizard/remote"
	"gpuwizard/remote/practice"
)

func dial(t testing.TB, s *practice.Server) *remote.Instance {
	t.Helper()
	i, err := remote.Dial(t.Context(), remote.Options{
		Target:   remote.Target{User: s.User(), Host: s.Host(), Port: s.Port()},
		HostKey:  s.Fingerprint(),
		Password: func(context.Context, int) (string, error) { return s.Password(), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

func file(name, content string) instance.Source {
	sum := sha256.Sum256([]byte(content))
	return instance.Source{
		Path: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

// sample is a data set of two pictures and the code's stand-in.
func sample() (data, code []instance.Source) {
	data = []instance.Source{
		file("images/train/a.jpg", "picture a"), file("labels/train/a.txt", "0 0.5 0.5 0.2 0.2\n"),
		file("images/val/b.jpg", "picture b"), file("labels/val/b.txt", "0 0.5 0.5 0.2 0.2\n"),
		file("it's \\ odd\nname.txt", "odd"),
	}
	code = []instance.Source{
		file("train.py", "print()\n"), file("models/yolov5n.yaml", "nc: 1\n"),
		file("data/person.yaml", "path: ../dataset\ntrain: images/train\nval: images/val\nnames: [person]\n"),
	}
	return data, code
}

// place uploads the sample below the home folder.
func place(t testing.TB, s *practice.Server, i *remote.Instance) {
	t.Helper()
	data, code := sample()
	for folder, files := range map[string][]instance.Source{"dataset": data, "code": code} {
		if _, err := i.Upload(t.Context(), s.Home()+"/w/"+folder, files, func(instance.Progress) {}); err != nil {
			t.Fatal(err)
		}
	}
}

func training(s *practice.Server, name string, more ...string) instance.Job {
	return instance.Job{
		Folder: s.Home() + "/w/jobs/" + name, Dir: s.Home() + "/w/code",
		Command: append([]string{
			s.Home() + "/miniconda3/bin/python", "train.py", "--weights", "", "--cfg", "models/yolov5n.yaml",
			"--data", "data/person.yaml", "--epochs", "2", "--project", s.Home() + "/w/runs", "--name", name, "--exist-ok",
		}, more...),
		Env: []string{"PYTHONUNBUFFERED=1"},
	}
}

// await follows a job to its end and returns its log.
func await(t testing.TB, i *remote.Instance, folder string) (instance.JobState, string) {
	t.Helper()
	var log bytes.Buffer
	deadline := time.Now().Add(3 * time.Minute)
	for time.Now().Before(deadline) {
		state, chunk, err := i.ReadJob(t.Context(), folder, int64(log.Len()))
		if err != nil {
			t.Fatal(err)
		}
		log.Write(chunk)
		ended := state.Phase == instance.JobExited || state.Phase == instance.JobLost
		if ended && int64(log.Len()) >= state.LogSize {
			return state, log.String()
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the job never ended; log:\n%s", log.String())
	return instance.JobState{}, ""
}

// The instance does for package remote all that a real one does.
func TestContract(t *testing.T) {
	s := start(t, practice.Options{})
	i := dial(t, s)

	facts, err := i.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !facts.Practice || !facts.Rehearsal || facts.Home != s.Home() || len(facts.GPUs) != 1 ||
		len(facts.Pythons) != 1 || !facts.Pythons[0].CUDAReady || len(facts.Disks) == 0 || !facts.Disks[0].Writable ||
		facts.Disks[0].FreeBytes <= 0 || facts.MemoryMiB != 16000 || facts.CPUs != 4 {
		t.Errorf("facts %+v", facts)
	}

	data, _ := sample()
	folder := s.Home() + "/w/dataset"
	receipt, err := i.Upload(t.Context(), folder, data, func(instance.Progress) {})
	if err != nil || receipt.Files != len(data) || receipt.SentFiles != len(data) {
		t.Fatalf("%+v, %v", receipt, err)
	}
	data[0] = file("images/train/a.jpg", "another picture")
	receipt, err = i.Upload(t.Context(), folder, data[:4], func(instance.Progress) {})
	if err != nil || receipt.Files != 4 || receipt.SentFiles != 1 {
		t.Fatalf("second upload: %+v, %v", receipt, err)
	}
	entries, err := os.ReadDir(filepath.Join(s.Folder(), "root", "w"))
	if err != nil || len(entries) != 2 || entries[0].Name() != ".dataset.sums" {
		t.Errorf("beside the data set lie %v, %v", entries, err)
	}
	place(t, s, i)

	var out bytes.Buffer
	exit, err := i.Run(t.Context(), `"$1" -c "$2" "$3" && "$1" -m pip install --no-input "tqdm>=4.64" && "$1" -c "$2" "$3"`,
		[]string{facts.Pythons[0].Path, assets.PreflightScript, `{"imports": [["numpy", "numpy"], ["tqdm", "tqdm"]]}`}, &out)
	if err != nil || exit != 0 || !strings.Contains(out.String(), `"missing":["tqdm"]`) || !strings.Contains(out.String(), `"missing":[]`) {
		t.Fatalf("modules: %q, %d, %v", out.String(), exit, err)
	}

	job := training(s, "one")
	if _, err := i.StartJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if state, err := i.StartJob(t.Context(), job); err != nil || state.Phase == instance.JobAbsent {
		t.Fatalf("a second start: %+v, %v", state, err)
	}
	_ = i.Close() // the job goes on
	i = dial(t, s)
	state, log := await(t, i, job.Folder)
	if state.Phase != instance.JobExited || state.Exit != 0 || state.Rebooted {
		t.Fatalf("%+v\n%s", state, log)
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	run := s.Home() + "/w/runs/one"
	if !strings.Contains(lines[0], "演练") || lines[0] != lines[len(lines)-1] || !strings.Contains(log, "to \x1b[1m"+run+"\x1b[0m") ||
		strings.Contains(log, "/r/") || !strings.Contains(log, s.Home()+"/w/dataset/labels/train") {
		t.Errorf("log:\n%s", log)
	}

	to := filepath.Join(t.TempDir(), "best.pt")
	if _, err := i.Download(t.Context(), run+"/weights/best.pt", to, func(instance.Progress) {}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := yolov5.CheckWeights(bytes.NewReader(got), int64(len(got))); err != nil || !info.Rehearsal {
		t.Errorf("%+v, %v", info, err)
	}
	csv, err := os.ReadFile(filepath.Join(s.Folder(), "root", "w", "runs", "one", "results.csv"))
	if err != nil || strings.Count(string(csv), "\n") != 3 {
		t.Errorf("results.csv %q, %v", csv, err)
	}
	for _, name := range []string{"results.png", "opt.yaml", "weights/last.pt"} {
		if _, err := os.Stat(filepath.Join(s.Folder(), "root", "w", "runs", "one", name)); err != nil {
			t.Error(err)
		}
	}
}

func TestStopJob(t *testing.T) {
	s := start(t, practice.Options{Missing: []string{}, Speed: 0.001})
	i := dial(t, s)
	place(t, s, i)
	job := training(s, "slow")
	state, err := i.StartJob(t.Context(), job)
	if err != nil || state.Phase != instance.JobRunning {
		t.Fatalf("%+v, %v", state, err)
	}
	state, err = i.StopJob(t.Context(), job.Folder)
	if err != nil || state.Phase != instance.JobExited || state.Exit != 143 {
		t.Fatalf("%+v, %v", state, err)
	}
	eventually(t, "no process", func() bool { return s.Running() == 0 })
}

func TestRestartLosesJobs(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "practice")
	s := start(t, practice.Options{Folder: folder, Missing: []string{}, Speed: 0.001})
	i := dial(t, s)
	place(t, s, i)
	job := training(s, "cut")
	if _, err := i.StartJob(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	s = start(t, practice.Options{Folder: folder})
	state, _, err := dial(t, s).ReadJob(t.Context(), job.Folder, 0)
	if err != nil || state.Phase == instance.JobRunning || !state.Rebooted {
		t.Errorf("%+v, %v", state, err)
	}
}

// What would fail for real fails here in the same words.
func TestPlantedFaults(t *testing.T) {
	s := start(t, practice.Options{})
	i := dial(t, s)
	place(t, s, i)
	home := s.Home() + "/w"
	for _, c := range []struct {
		name, prepare, want string
		more                []string
	}{
		{name: "module", prepare: "true", want: "ModuleNotFoundError: No module named 'tqdm'"},
		{name: "data", prepare: "python -m pip install tqdm", more: []string{"--data", "data/other.yaml"}, want: "AssertionError: File not found: data/other.yaml"},
		{name: "model", prepare: "true", more: []string{"--cfg=models/other.yaml"}, want: "File not found: models/other.yaml"},
		{name: "option", prepare: "true", more: []string{"--epoch", "1", "--nonsense", "1"}, want: "unrecognized arguments: --nonsense"},
		{name: "val", prepare: "mv images/val images/valid", want: "Dataset not found ⚠️, missing paths ['" + home + "/dataset/images/val']"},
		{name: "train", prepare: "mv images/valid images/val; mv images/train images/t", want: "Error loading data from " + home + "/dataset/images/train: "},
		{name: "empty", prepare: "mkdir images/train", want: "No images found"},
		{name: "labels", prepare: "rm -r images/train; mv images/t images/train; mv labels/train labels/t", want: "No labels found in " + home + "/dataset/labels/train.cache, can not start"},
		{name: "classes", prepare: "mv labels/t labels/train; echo 3 0.5 0.5 0.1 0.1 >labels/train/a.txt", want: "AssertionError: Label class 3 exceeds nc=1 in"},
		{name: "blank", prepare: ": >labels/train/a.txt", want: "All labels empty in"},
	} {
		var out bytes.Buffer
		if exit, err := i.Run(t.Context(), `cd "$1" && eval "$2"`, []string{home + "/dataset", c.prepare}, &out); err != nil || exit != 0 {
			t.Fatalf("%s: %d, %v, %s", c.name, exit, err, &out)
		}
		job := training(s, c.name, c.more...)
		if _, err := i.StartJob(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		state, log := await(t, i, job.Folder)
		if state.Phase != instance.JobExited || state.Exit == 0 || !strings.Contains(log, c.want) {
			t.Errorf("%s: %+v, want %q in\n%s", c.name, state, c.want, log)
		}
	}
}
