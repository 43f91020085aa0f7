package yolov5

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// traced wraps an exception as Python prints it.
func traced(line string) string {
	return "Traceback (most recent call last):\n  File \"/root/yolov5/train.py\", line 633, in <module>\n    main(opt)\n" + line + "\n"
}

const (
	begun = "YOLOv5 🚀 v7.0-0-g915bbf29 Python-3.8.10 torch-1.11.0 CPU\nStarting training for 2 epochs...\n"
	epoch = "\r        0/1         0G     0.1121    0.01456          0         44         96:  50%|█████     | 1/2 00:07" +
		"\r        0/1         0G     0.1121    0.01456          0         44         96: 100%|██████████| 2/2 00:07\n"
	row  = "                   all         40         45    0.00342      0.911     0.0507     0.0215\n"
	done = "\n2 epochs completed in 0.011 hours.\nOptimizer stripped from runs/train/exp/weights/best.pt, 3.7MB\n"
)

// TestDiagnoseRules gives one line to every rule, worded as the releases and
// libraries word it, and wants that rule first, fatal or not.
func TestDiagnoseRules(t *testing.T) {
	fatal := map[string][]string{
		"torch26":         {begun + epoch + row + "\n2 epochs completed in 0.011 hours.\n" + traced("_pickle.UnpicklingError: Weights only load failed. This file can still be loaded")},
		"np-int":          {traced("AttributeError: module 'numpy' has no attribute 'int'.\n`np.int` was a deprecated alias")},
		"np-trapz":        {begun + traced("AttributeError: module 'numpy' has no attribute 'trapz'")},
		"np2-abi":         {"\nA module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.1 as it may crash.\n"},
		"libgl":           {traced("ImportError: libGL.so.1: cannot open shared object file: No such file or directory"), traced("ImportError: libgthread-2.0.so.0: cannot open shared object file: No such file")},
		"gpu-held":        {begun + traced("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 50.00 MiB. GPU 0 has a total capacity of 139.80 GiB of which 19.56 MiB is free. Process 6184 has 136.79 GiB memory in use. Including non-PyTorch memory, this process has 2.97 GiB memory in use. Of the allocated memory 2.31 GiB is allocated by PyTorch, and 52.24 MiB is reserved by PyTorch but unallocated.")},
		"cuda-oom":        {begun + traced("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB"), begun + traced("RuntimeError: CUDA error: out of memory"), begun + traced("torch.OutOfMemoryError: CUDA out of memory.")},
		"cpu-oom":         {traced("RuntimeError: [enforce fail at CPUAllocator.cpp:68] . DefaultCPUAllocator: can't allocate memory: you tried")},
		"oom-killed":      {begun + traced("RuntimeError: DataLoader worker (pid 12) is killed by signal: Killed."), begun + "Killed\n", begun + "run.sh: line 3:  1234 Killed                  python train.py\n"},
		"shm":             {begun + traced("RuntimeError: DataLoader worker (pid 1) is killed by signal: Bus error. It is possible"), begun + "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).\n"},
		"dataset-missing": {"\nDataset not found ⚠️, missing paths ['/root/x/val']\n" + traced("Exception: Dataset not found ❌"), "\nWARNING: Dataset not found, nonexistent paths: ['/root/x/val']\n", traced("RuntimeError: Dataset not found ❌")},
		"train-missing":   {traced("Exception: train: Error loading data from /root/x/train: train: /root/x/train does not exist")},
		"no-images":       {traced("Exception: train: Error loading data from /root/x: train: No images found")},
		"yaml-missing":    {traced("AssertionError: File not found: person.yaml")},
		"cls-exceeds":     {traced("AssertionError: Label class 3 exceeds nc=1 in /root/x.yaml. Possible class labels are 0-0")},
		"no-labels":       {traced("AssertionError: train: No labels found in /root/JPEGImages/train.cache, can not start training. See"), traced("AssertionError: train: No labels in /root/labels/train.cache. Can not train without labels. See")},
		"empty-labels":    {traced("AssertionError: train: All labels empty in /root/labels/train.cache, can not start training. See")},
		"all-corrupt":     {traced("ValueError: not enough values to unpack (expected 3, got 0)")},
		"font":            {"Downloading https://ultralytics.com/assets/Arial.ttf to /root/.config/Ultralytics/Arial.ttf...\n" + traced("urllib.error.URLError: <urlopen error [Errno 110] Connection timed out>")},
		"weights-dl":      {"yolov5n.pt missing, try downloading from https://github.com/ultralytics/yolov5/releases/v7.0\n", traced("FileNotFoundError: [Errno 2] No such file or directory: '/root/my models/yolov5n.pt'")},
		"weights-html":    {traced("_pickle.UnpicklingError: invalid load key, '<'.")},
		"pt-truncated":    {traced("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory"), traced("RuntimeError: PytorchStreamReader failed reading file data/12: file read failed")},
		"disk-full":       {begun + traced("OSError: [Errno 28] No space left on device"), begun + traced("OSError: [Errno 122] Disk quota exceeded"), begun + row + "terminate called after throwing an instance of 'c10::Error'\n  what():  [enforce fail at inline_container.cc:325] . unexpected pos 8315648 vs 8315600\n"},
		"readonly":        {traced("OSError: [Errno 30] Read-only file system: '/root/runs'")},
		"no-cuda":         {traced("AssertionError: Invalid CUDA '--device 0' requested, use '--device cpu' or pass valid CUDA device(s)"), traced("AssertionError: Torch not compiled with CUDA enabled")},
		"sm":              {begun + "UserWarning: NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n" + traced("RuntimeError: CUDA error: no kernel image is available for execution on the device")},
		"nms":             {begun + traced("NotImplementedError: Could not run 'torchvision::nms' with arguments from the 'CUDA' backend.")},
		"cudnn":           {begun + traced("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"), begun + traced("RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")},
		"protobuf":        {traced("TypeError: Descriptors cannot not be created directly.\nIf this call came from a _pb2.py file"), traced("TypeError: Descriptors cannot be created directly.")},
		"pkg-resources":   {traced("ModuleNotFoundError: No module named 'pkg_resources'")},
		"nomodule":        {traced("ModuleNotFoundError: No module named 'cv2'")},
		"requirements":    {traced("subprocess.CalledProcessError: Command 'pip install 'tqdm>=4.41.0'' returned non-zero exit status 1.")},
		"wandb":           {"wandb: (1) Create a W&B account\nwandb: (2) Use an existing W&B account\nwandb: Enter your choice:"},
		"git-sha":         {traced("ValueError: SHA b'HEAD' could not be resolved, git returned: b''"), "fatal: detected dubious ownership in repository at '/root/yolov5'\n"},
		"git-origin":      {traced("AttributeError: 'IterableList' object has no attribute 'origin'")},
		"upsample":        {traced("AttributeError: 'Upsample' object has no attribute 'recompute_scale_factor'")},
		"sppf":            {traced("AttributeError: Can't get attribute 'SPPF' on <module 'models.common' from '/root/yolov5/models/common.py'>")},
		"float-long":      {begun + traced("RuntimeError: result type Float can't be cast to the desired output type long int")},
		"old-cache":       {traced("_pickle.UnpicklingError: STACK_GLOBAL requires str")},
		"resume-done":     {traced("AssertionError: runs/train/exp/weights/last.pt training to 100 epochs is finished, nothing to resume.\nStart a new training")},
		"cv2-conflict":    {traced("AttributeError: partially initialized module 'cv2' has no attribute 'gapi_wip_gst_GStreamerPipeline'")},
		"driver-old":      {traced("RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update")},
		"no-python":       {"bash: line 1: python: command not found\n", "sh: 1: python: not found\n"},
		"yaml-syntax":     {traced("yaml.scanner.ScannerError: mapping values are not allowed here"), traced("yaml.parser.ParserError: while parsing a block mapping")},
		"yaml-field":      {traced("AssertionError: data.yaml 'names:' field missing ❌")},
		"badarg":          {"usage: train.py [-h] [--weights WEIGHTS]\ntrain.py: error: unrecognized arguments: --imgz 640\n"},
		"tb-hist":         {begun + traced("TypeError: No loop matching the specified signature and casting was found for ufunc greater")},
		"interrupted":     {begun + epoch + "^C" + traced("KeyboardInterrupt"), begun + "Terminated\n"},
		"unknown":         {begun + epoch + traced("RuntimeError: something that nobody has seen"), begun + "Segmentation fault (core dumped)\n"},
		"connection-lost": {begun + epoch + row, begun + epoch + row + "client_loop: send disconnect: Broken pipe\n", begun + epoch + row + traced("BrokenPipeError: [Errno 32] Broken pipe")},
		"encoding":        {traced("UnicodeDecodeError: 'gbk' codec can't decode byte 0xac in position 12: illegal multibyte sequence")},
	}
	harmless := map[string][]string{
		"pillow10":         {begun + traced("AttributeError: 'FreeTypeFont' object has no attribute 'getsize'") + epoch + row + done},
		"label-warn":       {"train: WARNING ⚠️ /root/a.jpg: ignoring corrupt image/label: labels require 5 columns\n" + begun + row + done, "train: WARNING: Ignoring corrupted image and/or label /root/a.jpg: x\n" + begun + row + done, "train: Scanning /root/labels/train.cache... 9 images, 0 backgrounds, 2 corrupt: 100%|██████████| 10/10 00:00\n" + begun + done},
		"requirements":     {"requirements: YOLOv5 requirement \"tqdm>=4.64.0\" not found, attempting AutoUpdate...\n" + begun + row + done},
		"readonly":         {"train: WARNING ⚠️ Cache directory /root/x/labels is not writeable: [Errno 30] Read-only file system: '/root/x/labels/train.cache.npy'\n" + begun + row + done},
		"no-labels":        {"val: WARNING ⚠️ No labels found in /root/labels/val.cache. See https://example.org\n" + begun + row + done},
		"no-cuda":          {"/x.py: UserWarning: CUDA initialization: The NVIDIA driver is not there\n" + begun + row + done},
		"nan":              {begun + strings.ReplaceAll(epoch, "0.1121    0.01456", "   nan        nan") + row + done},
		"pictures-dropped": nil, // never first: see TestDiagnoseCounts
		"trained-on-cpu":   {strings.Replace(begun, "torch-1.11.0 CPU", "torch-1.11.0+cu113 CPU", 1) + epoch + row + done},
	}
	tested := map[string]bool{}
	for _, kind := range []struct {
		fatal bool
		logs  map[string][]string
	}{{true, fatal}, {false, harmless}} {
		for id, logs := range kind.logs {
			tested[id] = true
			for i, log := range logs {
				found := Diagnose(strings.NewReader(log))
				if len(found) == 0 || found[0].Rule != id || found[0].Fatal != kind.fatal {
					t.Errorf("%s, sample %d: found %+v", id, i, found)
					continue
				}
				f := found[0]
				if lines := strings.Split(log, "\n"); f.Line < 1 || f.Line > len(lines) || f.Quote == "" || f.Meaning.ZH == "" || f.Meaning.EN == "" || f.Mend.ZH == "" || f.Mend.EN == "" {
					t.Errorf("%s, sample %d: %+v", id, i, f)
				}
			}
		}
	}
	for _, r := range failureRules().rules {
		if !tested[r.ID] {
			t.Errorf("no sample for rule %s", r.ID)
		}
	}
}

func TestDiagnoseHealthy(t *testing.T) {
	logs := map[string]string{
		"font fetched": "Downloading https://ultralytics.com/assets/Arial.ttf to /root/.config/Ultralytics/Arial.ttf...\n" + begun + epoch + row + done,
		"no git":       "fatal: unable to access 'https://github.com/ultralytics/yolov5/': Could not resolve host: github.com\n" + begun + epoch + row + done,
		"empty":        "",
		"other text":   "hello\nworld\n",
	}
	for _, name := range []string{"v5.0.log", "master.log"} {
		log, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		logs[name] = string(log)
	}
	for name, log := range logs {
		if found := Diagnose(strings.NewReader(log)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestDiagnoseOrder(t *testing.T) {
	for _, tt := range []struct {
		name, log string
		want      string // rules, ! before the fatal ones
	}{
		{"what came last ended it", begun + traced("OSError: [Errno 28] No space left on device") + traced("ModuleNotFoundError: No module named 'cv2'"), "!nomodule !disk-full"},
		{"what training survived is harmless", traced("ModuleNotFoundError: No module named 'cv2'") + begun + epoch + row + traced("RuntimeError: CUDA error: out of memory"), "!cuda-oom"},
		{"the second attempt went well", begun + traced("RuntimeError: CUDA error: out of memory") + begun + epoch + row + done, ""},
		{"harm and end", "train: WARNING ⚠️ /a.jpg: ignoring corrupt image/label: x\n" + begun + traced("RuntimeError: CUDA error: out of memory"), "!cuda-oom label-warn"},
		{"unknown gives way", begun + traced("RuntimeError: CUDA error: out of memory") + traced("torch.distributed.elastic.multiprocessing.errors.ChildFailedError: x"), "!cuda-oom"},
		{"stopped in mid bar", begun + strings.SplitAfter(epoch, "00:07")[0], "!oom-killed"},
		{"stopped in mid scan", "YOLOv5 🚀 v7.0 Python-3.8.10 torch-1.11.0 CPU\ntrain: Scanning /l/train... 3 images, 0 backgrounds, 0 corrupt:  30%|███       | 3/10 00:00", "!oom-killed"},
		{"stopped after a harmless warning", "train: WARNING ⚠️ /a.jpg: ignoring corrupt image/label: x\n" + begun + epoch + row, "!connection-lost label-warn"},
	} {
		var got []string
		for _, f := range Diagnose(strings.NewReader(tt.log)) {
			mark := ""
			if f.Fatal {
				mark = "!"
			}
			got = append(got, mark+f.Rule)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDiagnoseNames(t *testing.T) {
	found := Diagnose(strings.NewReader("\x1b[34mtrain: \x1b[0mstart\r\n" + traced("\x1b[31mAssertionError: Label class 3 exceeds nc=1 in /root/数据/d.yaml. Possible class labels are 0-0\x1b[0m")))
	if len(found) != 1 {
		t.Fatalf("found %+v", found)
	}
	f := found[0]
	if f.Line != 5 || f.Count != 1 || f.Mend.Step != "convert" ||
		f.Quote != "AssertionError: Label class 3 exceeds nc=1 in /root/数据/d.yaml. Possible class labels are 0-0" ||
		!reflect.DeepEqual(f.Args, map[string]string{"class": "3", "nc": "1", "file": "/root/数据/d.yaml"}) {
		t.Errorf("%+v", f)
	}
	for _, text := range []string{f.Meaning.ZH, f.Meaning.EN} {
		if !strings.Contains(text, "/root/数据/d.yaml") || !strings.Contains(text, "3") || strings.Contains(text, "{") {
			t.Errorf("meaning %q", text)
		}
	}
}

// TestDiagnoseCommands holds that a command takes no more from a log than a
// plain word.
func TestDiagnoseCommands(t *testing.T) {
	for module, want := range map[string]string{
		"cv2":               "pip install opencv-python-headless",
		"yaml":              "pip install pyyaml",
		"git":               "pip install gitpython",
		"seaborn":           "pip install seaborn",
		"google.protobuf":   "pip install protobuf",
		"matplotlib.pyplot": "pip install matplotlib",
		"x; rm -rf /":       "",
		"$(reboot)":         "",
		"-r":                "",
	} {
		found := Diagnose(strings.NewReader(traced(fmt.Sprintf("ModuleNotFoundError: No module named '%s'", module))))
		if len(found) != 1 || found[0].Rule != "nomodule" || found[0].Mend.Command != want {
			t.Errorf("%s: %+v, want %q", module, found, want)
		}
	}
}

func TestDiagnoseCounts(t *testing.T) {
	var b strings.Builder
	b.WriteString("train: Scanning /l/train... 9 images, 0 backgrounds, 3 corrupt: 100%|██████████| 10/10 00:00\n")
	for i := range 3 {
		fmt.Fprintf(&b, "train: WARNING ⚠️ /root/%d.jpg: ignoring corrupt image/label: reason %d\n", i, i)
	}
	found := Diagnose(strings.NewReader(begun + b.String() + row + done))
	if len(found) != 2 || found[0].Rule != "label-warn" || found[0].Count != 3 || found[0].Line != 4 || found[0].Args["file"] != "/root/0.jpg" ||
		found[1].Rule != "pictures-dropped" || found[1].Args["corrupt"] != "3" || found[1].Args["total"] != "10" {
		t.Errorf("found %+v", found)
	}
}

func TestRuleFile(t *testing.T) {
	const good = "version: 1\nrules:\n  - {id: a, match: [x], meaning: {zh: 一, en: one}, mend: {zh: 二, en: two}}\n"
	if book, err := parseRules([]byte(good)); err != nil || len(book.rules) != 1 {
		t.Fatal(book, err)
	}
	for _, bad := range []string{
		"", "version: 2\nrules: []\n", strings.Replace(good, "match", "mach", 1), strings.Replace(good, "[x]", "['(']", 1),
		strings.Replace(good, "en: one", "en: ''", 1), strings.Replace(good, "id: a", "id: ''", 1), good + "---\n" + good,
		strings.Replace(good, "match", "apply: answer, match", 1), strings.Replace(good, "match", "apply: never, match", 1),
		strings.Replace(good, "match", "sure: maybe, match", 1),
	} {
		if _, err := parseRules([]byte(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	steps := map[string]bool{"": true, "region": true, "check": true, "convert": true, "classes": true, "upload": true, "train": true, "download": true}
	for _, r := range failureRules().rules {
		if !steps[r.Step] {
			t.Errorf("rule %s: no step %q", r.ID, r.Step)
		}
	}
}
