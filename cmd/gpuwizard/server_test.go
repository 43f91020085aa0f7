package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/remote/sshdtest"
)

// pythonStandIn is a shell script in the place of a Python with torch: it
// answers the wizard's looks and runs train.sh for train.py. The tests
// that need the real thing say so.
const pythonStandIn = `#!/bin/sh
case $1 in
-c)
	case $2 in
	*"gpuwizard probe"*) printf 'python-version=3.10.0\npython-prefix=/x\npython-torch=2.1.0\n' ;;
	*"gpuwizard preflight"*)
		if [ -e "$HOME/tqdm" ]; then missing=; else missing='"tqdm"'; fi
		printf 'gpuwizard-preflight {"torch": "2.1.0", "missing": [%s]}\n' "$missing" ;;
	*"gpuwizard checkpoint"*)
		shift 2
		for f; do printf '%s\t%s\n' "$f" "$(cat "$f" 2>/dev/null || echo missing)"; done ;;
	esac ;;
-m)
	echo "installing $5 $6"
	: >"$HOME/tqdm" ;;
train.py)
	shift
	[ "$1" != --help ] || exit 0
	exec sh train.sh "$@" ;;
esac
`

// trainStandIn prints what a training prints and leaves what it leaves.
const trainStandIn = `
while [ $# -gt 0 ]; do
	case $1 in
	--project) project=$2 ;;
	--name) name=$2 ;;
	--epochs) epochs=$2 ;;
	--data) data=$2 ;;
	--resume) last=$2 ;;
	esac
	shift
done
n=0
if [ -n "$last" ]; then
	run=${last%/weights/*}
	project=${run%/*} name=${run##*/} n=$(($(cat "$last") + 1))
	. "$run/opt"
	echo "Resuming training from $last"
fi
grep -q '^nc: 1' models/yolov5n.yaml || { echo 'nc is not 1'; exit 1; }
path=$(sed -n 's/^path: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$data")
case $path in *\\u*) path=${PWD%/*}/dataset ;; esac # YAML's own way to write Chinese
for label in "$path"/labels/train/*.txt; do [ -f "$label" ] || { echo "AssertionError: train: No labels found in $path"; exit 1; }; done
if [ -n "$STANDIN_FAIL" ] || [ -e "$HOME/fail" ]; then
	echo 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB'
	exit 1
fi
mkdir -p "$project/$name/weights"
echo "epochs=$epochs data=$data" >"$project/$name/opt"
echo "Starting training for $epochs epochs..."
[ -n "$last" ] || echo 'epoch,metrics/mAP_0.5' >"$project/$name/results.csv"
while [ $n -lt "$epochs" ]; do
	printf '\r        %s/%s         0G     0.1121    0.01456          0         44         96: 100%%|##########| 1/1 00:01\n' $n $((epochs - 1))
	printf '                   all         12         29      0.234      0.483      0.259     0.0674\n'
	echo "$n,0.259" >>"$project/$name/results.csv"
	echo $n >"$project/$name/weights/last.pt"
	n=$((n + 1))
	while [ -e "$HOME/hold" ]; do sleep 0.1; done
done
cp standin.bin "$project/$name/weights/best.pt"
echo "$n epochs completed in 0.001 hours."
`

// rented is a project whose instance is a real OpenSSH server.
type rented struct {
	*sshdtest.Server
	dir string
}

func newRented(t *testing.T) rented {
	t.Helper()
	return newRentedWith(t, sshdtest.Options{})
}

func newRentedWith(t *testing.T, o sshdtest.Options) rented {
	t.Helper()
	server := sshdtest.StartWith(t, o)
	python := filepath.Join(server.Home, "miniconda3", "bin", "python")
	write(t, python, pythonStandIn)
	if err := os.Chmod(python, 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "my project 项目")
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "train_data"), os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
	code := filepath.Join(dir, "yolov5_code")
	write(t, filepath.Join(code, "train.py"), `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`)
	write(t, filepath.Join(code, "train.sh"), trainStandIn)
	write(t, filepath.Join(code, "standin.bin"), weightsStandIn(t))
	write(t, filepath.Join(code, "requirements.txt"), "tqdm>=4.64.0\ntorch>=1.7.0\n")
	write(t, filepath.Join(code, "models", "yolov5n.yaml"), "nc: 80  # number of classes\n")
	plan := "platform: any\nlogin: ssh -p " + strconv.Itoa(server.Port) + " " + server.User + "@127.0.0.1\n" +
		"host_key: " + server.HostKeyFingerprint + "\nweights: \"\"\ntrain: {epochs: 3, imgsz: 96}\n" +
		"remote: {python: " + python + "}\n"
	write(t, filepath.Join(dir, "gpuwizard.yaml"), plan)
	return rented{server, dir}
}

// weightsStandIn has the shape of a .pt file.
func weightsStandIn(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"best/data.pkl", "best/data/0"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("\x80\x02K\x01.")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (r rented) run(t *testing.T, args ...string) result {
	t.Helper()
	return program(t, append([]string{"run", "--yes", "--dir", r.dir, "--identity", r.Key}, args...)...)
}

func TestRealServerFromEndToEnd(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	own := tree(t, filepath.Join(s.dir, "train_data")) + tree(t, filepath.Join(s.dir, "yolov5_code"))
	r := s.run(t)
	if r.code != 0 {
		t.Fatalf("exit code %d:\n%s%s\n%s", r.code, r.out, r.err, s.Log())
	}
	model := filepath.Join(s.dir, "result", "yolov5n_best.pt")
	if r.lastLine() != model || read(t, model) != weightsStandIn(t) {
		t.Errorf("last line %q, or another content", r.lastLine())
	}
	if !strings.Contains(read(t, filepath.Join(s.dir, "result", "results.csv")), "2,0.259") {
		t.Error("results.csv did not come along")
	}
	if got := states(checklist(t, s.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
	if now := tree(t, filepath.Join(s.dir, "train_data")) + tree(t, filepath.Join(s.dir, "yolov5_code")); now != own {
		t.Error("the person's own files changed")
	}
	if !strings.Contains(r.out, "pip install 'tqdm") {
		t.Error("the missing module was not installed")
	}
	if strings.Contains(strings.ToLower(r.out), "rehearsal") {
		t.Error("a real training is called a rehearsal")
	}
}

func TestTrainingThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	write(t, filepath.Join(s.Home, "fail"), "")
	r := s.run(t)
	if r.code != 1 || !strings.Contains(r.all(), "CUDA out of memory") {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	if got := states(checklist(t, s.dir)); got != "done done done done done failed todo" {
		t.Errorf("states %s", got)
	}
	if err := os.Remove(filepath.Join(s.Home, "fail")); err != nil {
		t.Fatal(err)
	}
	if r := s.run(t); r.code != 0 {
		t.Errorf("mended: exit code %d:\n%s", r.code, r.all())
	}
}

func TestHostKeys(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	text := read(t, plan)
	write(t, plan, strings.Replace(text, "host_key: "+s.HostKeyFingerprint+"\n", "", 1))

	// Nobody is there to trust an unknown key.
	r := s.run(t)
	if r.code != 3 || !strings.Contains(r.all(), s.HostKeyFingerprint) {
		t.Fatalf("unknown key: exit code %d:\n%s", r.code, r.all())
	}
	// A person says yes, once.
	r = programWith(t, streams{in: strings.NewReader("\ny\n")}, "upload", "--plain", "--dir", s.dir, "--identity", s.Key)
	if r.code != 0 {
		t.Fatalf("accepted key: exit code %d:\n%s", r.code, r.all())
	}
	if r := s.run(t); r.code != 0 {
		t.Fatalf("known key: exit code %d:\n%s", r.code, r.all())
	}
	// Another key at the same address never passes silently.
	old := s.HostKeyFingerprint
	s.NewHostKey()
	if err := os.Remove(filepath.Join(s.dir, "result", "yolov5n_best.pt")); err != nil {
		t.Fatal(err)
	}
	r = s.run(t)
	if r.code != 3 || !strings.Contains(r.all(), s.HostKeyFingerprint) || !strings.Contains(r.all(), old) {
		t.Fatalf("changed key: exit code %d:\n%s", r.code, r.all())
	}
}

func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	write(t, filepath.Join(s.Home, "hold"), "")
	first := command(t, "run", "--yes", "--dir", s.dir, "--identity", s.Key)
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	// The training is on its way when its first line is here.
	waitFor(t, out, "0.259")
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if got := states(checklist(t, s.dir)); got != "done done done done done running todo" {
		t.Errorf("after the kill: %s", got)
	}
	if err := os.Remove(filepath.Join(s.Home, "hold")); err != nil {
		t.Fatal(err)
	}
	r := s.run(t, "--json")
	if r.code != 0 {
		t.Fatalf("started again: exit code %d:\n%s", r.code, r.all())
	}
	if !strings.Contains(r.out, "job-found") || strings.Contains(r.out, "job-started") || strings.Contains(r.out, `"code":"uploaded"`) {
		t.Errorf("work was done again:\n%s", r.out)
	}
	jobs, err := os.ReadDir(filepath.Join(s.Home, "gpuwizard-person", "jobs"))
	if err != nil || len(jobs) != 1 {
		t.Errorf("jobs %v, %v", jobs, err)
	}
}

func TestNoSecretIsWritten(t *testing.T) {
	s := newRented(t)
	t.Setenv(passwordVariable, "Secret-Word-9731")
	if r := s.run(t); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	err := filepath.Walk(s.dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && strings.Contains(read(t, name), "Secret-Word-9731") {
			t.Errorf("%s holds the password", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(passwordVariable) != "" {
		t.Error("the password stays in the environment of what is started later")
	}
}

func TestRunAsksOnlyWhatHasNoAnswer(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	login := "ssh -p " + strconv.Itoa(s.Port) + " " + s.User + "@127.0.0.1"
	write(t, plan, strings.Replace(read(t, plan), "login: "+login+"\n", "", 1))
	r := programWith(t, streams{in: strings.NewReader(login + "\n")}, "run", "--until", "upload", "--dir", s.dir, "--identity", s.Key)
	if r.code != 0 || strings.Count(r.out, "? ") != 1 {
		t.Errorf("exit code %d, asked %d questions:\n%s", r.code, strings.Count(r.out, "? "), r.out)
	}
	if !strings.Contains(read(t, plan), login) {
		t.Error("the answer was not kept")
	}
}
