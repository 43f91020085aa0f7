package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/journey"
)

// hand does "gpuwizard hand" against the server, once.
func (r rented) hand(t *testing.T, step string, args ...string) result {
	t.Helper()
	return program(t, append([]string{"hand", step, "--yes", "--lang", "en", "--dir", r.dir, "--identity", r.Key}, args...)...)
}

// shell runs a script on the instance's own side, in its home, as the student
// does in a terminal of theirs.
func (r rented) shell(t *testing.T, script string) {
	t.Helper()
	c := exec.Command("sh", "-ec", script)
	c.Dir, c.Env = r.Home, append(os.Environ(), "HOME="+r.Home)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// rentedUntil is such a project with its steps done by the wizard up to one.
func rentedUntil(t *testing.T, step journey.Step) rented {
	t.Helper()
	r := newRented(t)
	if got := r.run(t, "--until", string(step)); got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	return r
}

// handCase is one result of a step done by hand: what the student did, and
// what the wizard must say of it, or nothing if it is right.
type handCase struct {
	name string
	do   func(t *testing.T, r rented)
	says []string
}

// tryHand tries wrong results and then the right one, each on the same server.
func tryHand(t *testing.T, r rented, step string, before string, cases []handCase, args ...string) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.do(t, r)
			got := r.hand(t, step, args...)
			wrong := len(c.says) > 0
			if wrong != (got.code != 0) {
				t.Fatalf("exit code %d:\n%s\n%s", got.code, got.all(), r.Log())
			}
			for _, say := range c.says {
				if !strings.Contains(got.all(), say) {
					t.Errorf("it does not say %q:\n%s", say, got.all())
				}
			}
			steps := checklist(t, r.dir)
			state, _ := steps[step]["state"].(string)
			evidence, _ := steps[step]["evidence"].(map[string]any)
			if want := map[bool]string{true: before, false: "done"}[wrong]; state != want {
				t.Errorf("%s is %s, want %s", step, state, want)
			}
			if !wrong && evidence["by_hand"] != true {
				t.Errorf("the evidence does not say that it was done by hand: %v", evidence)
			}
		})
	}
}

// unpackedByHand puts the data set and the code on the instance as unzip
// leaves them, with the data set YAML that the article has its reader write.
func unpackedByHand(t *testing.T, r rented) {
	t.Helper()
	r.shell(t, "rm -rf dataset yolov5_code")
	for from, to := range map[string]string{
		filepath.Join(r.dir, "prepared", "dataset"): "dataset",
		filepath.Join(r.dir, "yolov5_code"):         "yolov5_code",
	} {
		if err := os.CopyFS(filepath.Join(r.Home, to), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	r.shell(t, `sed -i 's/^nc: 80/nc: 1/' yolov5_code/models/yolov5n.yaml
mkdir -p yolov5_code/data
printf 'path: %s/dataset\ntrain: images/train\nval: images/val\nnc: 1\nnames: [person]\n' "$HOME" >yolov5_code/data/person.yaml`)
}

func TestUploadByHandOnARealServer(t *testing.T) {
	t.Parallel()
	r := rentedUntil(t, journey.Classes)
	tryHand(t, r, "upload", "failed", []handCase{
		{"unpacked one folder too deep", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, "mkdir inner && mv dataset inner/ && mv inner dataset")
		}, []string{"One folder too deep", "/dataset/dataset"}},
		{"the upload was cut off", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, `rm dataset/images/train/person-004.jpg dataset/labels/train/person-005.txt
head -c 900 dataset/images/val/person-050.jpg >cut && mv cut dataset/images/val/person-050.jpg`)
		}, []string{
			"2 files of the data set missing: images/train/person-004.jpg, labels/train/person-005.txt",
			"1 file of the data set with another content: images/val/person-050.jpg",
		}},
		{"edited wrongly with vim", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, `sed -i 's/^nc: 1 /nc: 2 /' yolov5_code/models/yolov5n.yaml
sed -i 's|^path: .*|path: /root/autodl-nas/train_data|' yolov5_code/data/person.yaml
rm yolov5_code/requirements.txt`)
		}, []string{
			"models/yolov5n.yaml, line 1: nc is 2 and should be 1",
			"data/person.yaml: train leads to /root/autodl-nas/train_data/images/train",
			"1 file of the code missing: requirements.txt",
		}},
		{"right", unpackedByHand, nil},
	}, "--at", filepath.Join(r.Home, "dataset"))
	// Whatever a training leaves there changes nothing; a lost picture does.
	r.shell(t, "echo x >dataset/labels/train.cache; mkdir -p yolov5_code/__pycache__")
	look := func() string {
		return program(t, "status", "--connect", "--lang", "en", "--dir", r.dir, "--identity", r.Key).all()
	}
	if got := look(); !strings.Contains(got, "[x] 5. Upload: done") || !strings.Contains(got, "done by hand, and verified") {
		t.Errorf("looked at again:\n%s", got)
	}
	r.shell(t, "rm dataset/images/train/person-001.jpg")
	if got := look(); !strings.Contains(got, "[~] 5. Upload") || !strings.Contains(got, "images/train/person-001.jpg") {
		t.Errorf("with a picture lost:\n%s", got)
	}
}

func TestUploadByHandIsFound(t *testing.T) {
	t.Parallel()
	r := rentedUntil(t, journey.Classes)
	unpackedByHand(t, r)
	// The folders are found without being named, and the wizard goes on from
	// what was done by hand.
	if got := r.hand(t, "upload"); got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	got := r.run(t, "--json")
	if got.code != 0 || states(checklist(t, r.dir)) != allDone {
		t.Fatalf("exit code %d, %s:\n%s", got.code, states(checklist(t, r.dir)), got.all())
	}
	if strings.Contains(got.out, `"code":"uploaded"`) {
		t.Error("what was there by hand was sent again")
	}
}

func TestClassCountByHandOnARealServer(t *testing.T) {
	t.Parallel()
	r := rentedUntil(t, journey.Convert)
	tryHand(t, r, "classes", "failed", []handCase{
		{"not edited yet", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, "sed -i 's/^nc: 1 /nc: 80 /' yolov5_code/models/yolov5n.yaml; rm yolov5_code/data/person.yaml")
		}, []string{"models/yolov5n.yaml, line 1: nc is 80 and should be 1", "data set YAML missing"}},
		{"broken by the editor", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, `printf 'nc: 1\n:wq\nanchors: [\n' >yolov5_code/models/yolov5n.yaml`)
		}, []string{"models/yolov5n.yaml cannot be read from line"}},
		{"other classes", func(t *testing.T, r rented) {
			unpackedByHand(t, r)
			r.shell(t, `printf 'train: %s/dataset/images/train\nval: %s/dataset/images/valid\nnc: 2\nnames: [car, person]\n' "$HOME" "$HOME" >yolov5_code/data/person.yaml`)
		}, []string{"names the classes car, person; they should be person", "/dataset/images/valid"}},
		{"right", unpackedByHand, nil},
	}, "--there")
	// The article edits the folder here as well; the student's own edit is what
	// the following steps send.
	prepared := read(t, filepath.Join(r.dir, "prepared", "code", "models", "yolov5n.yaml"))
	if !strings.HasPrefix(prepared, "nc: 1  # number of classes") {
		t.Errorf("taken over: %q", prepared)
	}
	if got := r.run(t); got.code != 0 {
		t.Errorf("going on: exit code %d:\n%s", got.code, got.all())
	}
}

func TestTrainingByHandOnARealServer(t *testing.T) {
	t.Parallel()
	r := rentedUntil(t, journey.Classes)
	unpackedByHand(t, r)
	if got := r.hand(t, "upload"); got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	// trained is a run as train.py leaves it.
	trained := func(epochs, options string) func(t *testing.T, r rented) {
		return func(t *testing.T, r rented) {
			r.shell(t, `cd yolov5_code && rm -rf runs
sh train.sh --project runs/train --name exp --epochs `+epochs+` --data data/person.yaml >/dev/null
printf 'weights: '"''"'\ncfg: models/yolov5n.yaml\ndata: data/person.yaml\nbatch_size: 16\nimgsz: 96\npatience: 100\n`+options+`' >runs/train/exp/opt.yaml
touch -d '+1 minute' runs/train/exp/opt.yaml`)
		}
	}
	tryHand(t, r, "train", "failed", []handCase{
		{"not started", func(t *testing.T, r rented) { r.shell(t, "rm -rf yolov5_code/runs") }, []string{"No run of a training was found"}},
		{"with other settings", trained("3", "epochs: 5\\n"), []string{"has epochs “5”, and the plan “3”"}},
		{"still running, and no model yet", func(t *testing.T, r rented) {
			trained("2", "epochs: 3\\n")(t, r)
			r.shell(t, ": >yolov5_code/runs/train/exp/weights/best.pt")
		}, []string{"has not ended: 2 of 3 epochs", "weights/best.pt, or it is empty"}},
		{"of an earlier upload", func(t *testing.T, r rented) {
			trained("3", "epochs: 3\\n")(t, r)
			r.shell(t, "touch -d '-1 day' yolov5_code/runs/train/exp/opt.yaml")
		}, []string{"older than the data set YAML"}},
		{"right", trained("3", "epochs: 3\\n"), nil},
	})
	// The download by hand: the article's name, and the very file.
	best := filepath.Join(r.Home, "yolov5_code", "runs", "train", "exp", "weights", "best.pt")
	model := filepath.Join(r.dir, "yolov5_code", "yolov5n_best.pt")
	tryHand(t, r, "download", "failed", []handCase{
		{"nothing there", func(*testing.T, rented) {}, []string{"1 file of the weights file missing: yolov5n_best.pt"}},
		{"not renamed", func(t *testing.T, r rented) { write(t, filepath.Join(r.dir, "best.pt"), read(t, best)) }, []string{"should be called yolov5n_best.pt"}},
		{"cut off", func(t *testing.T, r rented) {
			if err := os.Remove(filepath.Join(r.dir, "best.pt")); err != nil {
				t.Fatal(err)
			}
			write(t, model, read(t, best)[:40])
		}, []string{"is not the best.pt on the instance"}},
		{"right", func(t *testing.T, r rented) { write(t, model, read(t, best)) }, nil},
	})
	// The curves are no part of it, and are verified where they are.
	// What is beside the model in the code folder counts as code, so they and the
	// report go elsewhere; the report of the look before is there already.
	run, beside := filepath.Dir(filepath.Dir(best)), filepath.Join(r.dir, "result")
	write(t, filepath.Join(beside, filepath.Base(model)), read(t, best))
	write(t, filepath.Join(run, "PR_curve.png"), "drawn by this training")
	write(t, filepath.Join(beside, "PR_curve.png"), "drawn by another")
	results := "epoch,train/box_loss,train/obj_loss,train/cls_loss,metrics/precision,metrics/recall,metrics/mAP_0.5,metrics/mAP_0.5:0.95,val/box_loss,val/obj_loss,val/cls_loss,x/lr0,x/lr1,x/lr2\n" +
		"0,0.1,0.03,0,0.5,0.5,0.5,0.2,0.1,0.03,0,0.1,0.01,0.01\n1,0.09,0.03,0,0.6,0.6,0.6,0.3,0.1,0.03,0,0.1,0.01,0.01\n"
	write(t, filepath.Join(run, "results.csv"), results)
	write(t, filepath.Join(beside, "results.csv"), results)
	got := r.hand(t, "download")
	for _, say := range []string{"Curves and pictures of the training: 1 file in result", "1 file not of this training, and not counted: result/PR_curve.png", "result/report-2.html"} {
		if got.code != 0 || !strings.Contains(got.all(), say) {
			t.Errorf("exit code %d, and it does not say %q:\n%s", got.code, say, got.all())
		}
	}
	if page := read(t, filepath.Join(r.dir, "result", "report-2.html")); strings.Contains(page, "no results to draw") {
		t.Error("the report has no curves")
	}
	if got := states(checklist(t, r.dir)); got != allDone {
		t.Errorf("states %s", got)
	}
}

func TestConvertByHandOnARealServer(t *testing.T) {
	t.Parallel()
	r := rentedUntil(t, journey.Convert)
	// The labels as a script on the instance would write them, in train_data
	// itself, where the article's reader has them.
	if err := os.CopyFS(filepath.Join(r.Home, "train_data"), os.DirFS(filepath.Join(r.dir, "prepared", "dataset"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, "prepared")); err != nil {
		t.Fatal(err)
	}
	tryHand(t, r, "convert", "stale", []handCase{
		{"the script had another class list", func(t *testing.T, r rented) {
			r.shell(t, "cp -r train_data/labels kept && sed -i 's/^0 /1 /' train_data/labels/train/person-001.txt")
		}, []string{"labels/train/person-001.txt, line 1: the class's number is 1 and should be 0"}},
		{"right", func(t *testing.T, r rented) { r.shell(t, "rm -r train_data/labels && mv kept train_data/labels") }, nil},
	}, "--there")
}

// TestHandAsksAndHints walks through a step done by hand with numbers alone:
// three wrong looks, the reminder, hints one by one, and the way out.
func TestHandAsksAndHints(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "train_data"), os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
	if r := program(t, "run", "--yes", "--until", "check", "--dir", dir); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	for lang, words := range map[string][]string{
		"en": {"Make a folder yolo", "No folder with the labels was found", "No folder with the labels was found", "No folder with the labels was found", "Would a hint help", "Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "no more hints", "Converted 60 pictures"},
		"zh": {"新建文件夹 yolo", "没有找到放标签的文件夹", "没有找到放标签的文件夹", "没有找到放标签的文件夹", "要不要看一个提示", "提示 1/3", "提示 2/3", "提示 3/3", "没有更多提示", "转换完成：60 张图片"},
	} {
		typed := "1\n1\n1\n2\n2\n2\n2\n3\n\n\n\n"
		r := programWith(t, streams{in: strings.NewReader(typed)}, "hand", "convert", "--lang", lang, "--dir", dir)
		if r.code != 0 {
			t.Errorf("exit code %d", r.code)
		}
		rest := r.all()
		for _, word := range words {
			_, after, ok := strings.Cut(rest, word)
			if !ok {
				t.Fatalf("%s: no %q in its place:\n%s", lang, word, r.all())
			}
			rest = after
		}
		if err := os.RemoveAll(filepath.Join(dir, "prepared")); err != nil {
			t.Fatal(err)
		}
	}
	if r := program(t, "hand", "nothing", "--dir", dir); r.code != exitUsage {
		t.Errorf("exit code %d: %s", r.code, r.all())
	}
}
