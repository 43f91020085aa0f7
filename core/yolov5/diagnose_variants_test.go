package yolov5

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// first is the id of the first finding, with "!" before a fatal one, or "".
func first(log string) string {
	found := Diagnose(strings.NewReader(log))
	if len(found) == 0 {
		return ""
	}
	if found[0].Fatal {
		return "!" + found[0].Rule
	}
	return found[0].Rule
}

const options = "train: weights=yolov5n.pt, cfg=, data=data/person.yaml, hyp=data/hyps/hyp.scratch-low.yaml, epochs=2, batch_size=16, imgsz=640, device=0\n"

// TestDiagnoseVariants gives the rules the wordings of other releases, of
// newer libraries, of other shells and of Windows.
func TestDiagnoseVariants(t *testing.T) {
	const font = "Downloading https://ultralytics.com/assets/Arial.ttf to /root/.config/Ultralytics/Arial.ttf...\n"
	for i, tt := range []struct{ want, log string }{
		// torch
		{"!torch26", begun + epoch + row + "[rank0]: Traceback (most recent call last):\n[rank0]: _pickle.UnpicklingError: Weights only load failed. This file can still be loaded\n"},
		{"!weights-html", begun + traced("_pickle.UnpicklingError: Weights only load failed. Re-running\nWeightsUnpickler error: Unsupported operand 60")},
		{"!weights-html", begun + traced("_pickle.UnpicklingError: invalid load key, 'v'.")},
		{"!pt-truncated", begun + traced("_pickle.UnpicklingError: invalid load key, '\\x00'.")},
		{"!pt-truncated", begun + traced("RuntimeError: PytorchStreamReader failed locating file data.pkl: file not found")},
		{"!pt-truncated", begun + traced("EOFError: Ran out of input")},
		{"!cuda-oom", begun + traced("torch.AcceleratorError: CUDA error: out of memory")},
		{"!cuda-oom", begun + traced("RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.79 GiB total capacity)") + traced("RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED")},
		{"!cpu-oom", begun + traced("numpy.core._exceptions._ArrayMemoryError: Unable to allocate 1.17 MiB for an array with shape (640, 640, 3)")},
		{"!cpu-oom", begun + traced("OSError: [WinError 1455] 页面文件太小，无法完成操作。 Error loading \"D:\\py\\lib\\site-packages\\torch\\lib\\cudnn_cnn_infer64_8.dll\"")},
		{"!shm", begun + traced("RuntimeError: unable to write to file </torch_4021_3>: No space left on device (28)")},
		{"!shm", begun + "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).\n" + traced("RuntimeError: DataLoader worker (pid(s) 12, 13) exited unexpectedly")},
		{"!oom-killed", begun + traced("RuntimeError: DataLoader worker (pid(s) 12, 13) exited unexpectedly")},
		{"!oom-killed", begun + epoch + "train.sh: 行 3:  1234 已杀死               python train.py\n"},
		{"!oom-killed", begun + epoch + "[1]    12345 killed     python train.py\n"},
		{"!sm", "/x/torch/cuda/__init__.py:146: UserWarning: \nNVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n" + begun + traced("RuntimeError: CUDA error: no kernel image is available for execution on the device")},
		{"!driver-old", "/x/torch/cuda/__init__.py:107: UserWarning: CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). Please update (Triggered internally at x.cpp:109.)\n  return torch._C._cuda_getDeviceCount() > 0\n" + traced("AssertionError: Invalid CUDA '--device 0' requested, use '--device cpu' or pass valid CUDA device(s)")},
		{"!no-cuda", traced("AssertionError: CUDA unavailable, invalid device 0 requested")},
		{"!no-cuda", begun + traced("RuntimeError: CUDA error: invalid device ordinal")},
		{"!nms", begun + epoch + traced("RuntimeError: Couldn't load custom C++ ops. This can happen if your PyTorch and torchvision versions are incompatible")},
		{"!cudnn", traced("OSError: libcudnn.so.8: cannot open shared object file: No such file or directory")},
		{"!cls-exceeds", begun + traced("IndexError: index 3 is out of bounds for dimension 1 with size 1")},
		{"!float-long", begun + traced("RuntimeError: result type Float can't be cast to the desired output type __int64")},
		// numpy, Pillow, OpenCV
		{"!np-int", begun + traced("AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated alias for the builtin `float`.")},
		{"!np-trapz", begun + epoch + traced("AttributeError: module 'numpy' has no attribute 'trapz'. Did you mean: 'trace'?")},
		{"!np2-abi", "\nA module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.1.3 as it may crash. To support both 1.x and 2.x\n" + traced("ImportError: numpy.core.multiarray failed to import")},
		{"!np2-abi", begun + traced("RuntimeError: Numpy is not available")},
		{"pillow10", begun + epoch + "Exception in thread Thread-4 (plot_images):\n" + traced("AttributeError: 'FreeTypeFont' object has no attribute 'getsize'") + row + done},
		{"!libgl", traced("ImportError: libSM.so.6: cannot open shared object file: No such file or directory")},
		{"!cv2-conflict", traced("AttributeError: module 'cv2.dnn' has no attribute 'DictValue'")},
		{"!nomodule", "Traceback (most recent call last):\n  File \"train.py\", line 9, in <module>\nImportError: No module named torch\n"},
		{"!sppf", begun + traced("ModuleNotFoundError: No module named 'models.yolo'")},
		// data
		{"!dataset-missing", "\nDataset not found, missing paths: ['/root/x/val']\n" + traced("Exception: Dataset not found.")},
		{"!yaml-missing", traced("AssertionError: File Not Found: data/person.yaml")},
		{"!yaml-missing", traced("FileNotFoundError: [Errno 2] No such file or directory: 'D:\\\\yolov5\\\\data\\\\person.yaml'")},
		{"!yaml-missing", "python: can't open file '/root/train.py': [Errno 2] No such file or directory\n"},
		{"!empty-labels", traced("ValueError: zero-size array to reduction operation maximum which has no identity")},
		{"!yaml-field", traced("AssertionError: Dataset 'nc' key missing.")},
		{"!yaml-field", traced("KeyError: 'names'")},
		{"!yaml-field", traced("AssertionError: 2 names found for nc=1 dataset in data/person.yaml")},
		{"!yaml-syntax", traced("yaml.scanner.ScannerError: while scanning for the next token\nfound character '\\t' that cannot start any token\n  in \"data/person.yaml\", line 3, column 1")},
		// no network
		{"!font", begun + font + traced("urllib.error.URLError: <urlopen error [WinError 10060] 由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。>")},
		{"!font", begun + "Downloading https://github.com/ultralytics/assets/releases/download/v0.0.0/Arial.Unicode.ttf to /root/.config/Ultralytics/Arial.Unicode.ttf...\n" + traced("ConnectionResetError: [Errno 104] Connection reset by peer")},
		{"!font", begun + font}, // it hangs there
		{"!weights-dl", begun + "Downloading https://github.com/ultralytics/yolov5/releases/download/v6.1/yolov5n.pt to yolov5n.pt...\nERROR: <urlopen error [Errno -2] Name or service not known>\n" + traced("Exception: x")},
		{"!weights-dl", traced("FileNotFoundError: [Errno 2] No such file or directory: 'yolov5n.pt'")},
		// disk
		{"!disk-full", begun + traced("OSError: [WinError 112] 磁盘空间不足。")},
		{"!disk-full", begun + traced("OSError: [Errno 28] No space left on device") + traced("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory")},
		{"!readonly", traced("PermissionError: [Errno 13] Permission denied: '/root/runs/train'")},
		// the rest
		{"!requirements", traced("pkg_resources.ContextualVersionConflict: (tqdm 4.10.0 (/x), Requirement.parse('tqdm>=4.41.0'), {})")},
		{"requirements", "requirements: thop not found and is required by YOLOv5, attempting auto-update...\n" + begun + row + done},
		{"!wandb", begun + "wandb: (1) Create a W&B account\nwandb: Enter your choice: \nTraceback (most recent call last):\n  File \"train.py\", line 9, in <module>\nKeyboardInterrupt\n"},
		{"!resume-done", traced("AssertionError: /root/my runs/weights/last.pt training to 100 epochs is finished, nothing to resume.")},
		{"!no-python", "bash: python：未找到命令\n"},
		{"!no-python", "bash: line 1: /root/miniconda3/bin/python: No such file or directory\n"},
		{"!no-python", "zsh: command not found: python3\n"},
		{"!no-python", "nohup: 无法运行命令'python': 没有那个文件或目录\n"},
		{"!no-python", "'python' 不是内部或外部命令，也不是可运行的程序\n或批处理文件。\n"},
		{"!unknown", begun + epoch + traced("torch.distributed.DistStoreError: Timed out")},
		{"!unknown", begun + epoch + "OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized.\n"},
		{"!connection-lost", begun + epoch + row + "Connection to connect.nmb1.seetacloud.com closed by remote host.\n"},
		// in any order of the two, a cause before its effect
		{"!disk-full", begun + traced("RuntimeError: [enforce fail at inline_container.cc:595] . unexpected pos 64 vs 0") + "Aborted (core dumped)\n"},
	} {
		if got := first(options + tt.log); got != tt.want {
			t.Errorf("%d: got %q, want %q, of %q", i, got, tt.want, tt.log)
		}
		if got := first(strings.ReplaceAll(tt.log, "\n", "\r\n")); got != tt.want {
			t.Errorf("%d with CR LF: got %q, want %q", i, got, tt.want)
		}
	}
}

func TestDiagnoseSaysHowSure(t *testing.T) {
	for _, tt := range []struct {
		log  string
		end  Ending
		want Sureness
	}{
		{begun + traced("AssertionError: Label class 3 exceeds nc=1 in /root/x.yaml. Possible class labels are 0-0"), Ending{}, Certain},
		{begun + traced("RuntimeError: CUDA error: device-side assert triggered"), Ending{}, Likely},
		{begun + traced("RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), Ending{}, Likely},
		{begun + traced("RuntimeError: DataLoader worker (pid(s) 12) exited unexpectedly"), Ending{}, Likely},
		{begun + traced("RuntimeError: something that nobody has seen"), Ending{}, Certain},
		{begun + epoch + row, Ending{Exited: true, Exit: 137}, Likely},
		{begun + epoch + row, Ending{}, Guessed},
		{begun + strings.SplitAfter(epoch, "00:07")[0], Ending{}, Guessed},
	} {
		if found := DiagnoseEnd(strings.NewReader(tt.log), tt.end); len(found) != 1 || found[0].Sure != tt.want {
			t.Errorf("%q: %+v, want %s", tt.log, found, tt.want)
		}
	}
}

// TestDiagnoseIsSilent gives words that frighten and mean nothing.
func TestDiagnoseIsSilent(t *testing.T) {
	ended := epoch + row + done + "Results saved to runs/train/exp\n"
	for name, log := range map[string]string{
		"fatal of git":         "fatal: not a git repository (or any of the parent directories): .git\n" + begun + ended,
		"AutoBatch tried":      begun + "AutoBatch: Computing optimal batch size\nCUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 10.76 GiB total capacity)\n" + ended,
		"cudnn plan":           begun + "/x/autograd/graph.py:744: UserWarning: Plan failed with a cudnnException: CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR: cudnnFinalizeDescriptor Failed cudnn_status: CUDNN_STATUS_NOT_SUPPORTED (Triggered internally at x.cpp:919.)\n" + ended,
		"tensorflow":           "2024-01-01 00:00:00.000000: E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:9261] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered\nE tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected\n" + begun + ended,
		"pkg_resources is old": "/x/general.py:33: UserWarning: pkg_resources is deprecated as an API. The pkg_resources package is slated for removal\n" + begun + ended,
		"deprecated np.int":    "/x/y.py:1: DeprecationWarning: `np.int` is a deprecated alias for the builtin `int`.\n" + begun + ended,
		"a logger complains":   begun + "--- Logging error ---\nTraceback (most recent call last):\n  File \"C:\\py\\lib\\logging\\__init__.py\", line 1110, in emit\nUnicodeEncodeError: 'gbk' codec can't encode character '\\u26a0' in position 8\nCall stack:\n  File \"train.py\", line 9, in <module>\nMessage: 'x'\n" + ended,
		"after the end":        begun + ended + "Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f>\nTraceback (most recent call last):\n  File \"/x/torch/utils/data/dataloader.py\", line 1, in __del__\nAssertionError: can only test a child process\n",
		"killed later":         begun + ended + "Killed\n",
		"wandb answered":       begun + "wandb: (1) Create a W&B account\nwandb: Enter your choice: 3\nwandb: You chose \"Don't visualize my results\"\n" + ended,
		"a class named Killed": begun + epoch + row + done + "Validating runs/train/exp/weights/best.pt...\n                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%|██████████| 2/2 00:01\n" + row + "                Killed         40         45    0.00342      0.911     0.0507     0.0215\n     CUDA out of memory         40         45    0.00342      0.911     0.0507     0.0215\nResults saved to runs/train/exp\n",
		"a folder of failures": strings.Replace(options, "data/person.yaml", "/root/CUDA out of memory. Tried to allocate/Traceback/KeyError: 'train'/d.yaml", 1) + begun + ended,
		"data fetched":         "\nDataset not found ⚠️, missing paths ['/root/coco128/images/train2017']\nDownloading https://ultralytics.com/assets/coco128.zip to coco128.zip...\nDataset download success ✅ (3.1s), saved to /root/datasets\n" + begun + ended,
		"font fetched":         "Downloading https://ultralytics.com/assets/Arial.ttf to /root/.config/Ultralytics/Arial.ttf...\n100%|██████████| 755k/755k [00:00<00:00, 11MB/s]\n" + begun + ended,
		"jpegs":                begun + "Corrupt JPEG data: 3 extraneous bytes before marker 0xd9\nlibpng warning: iCCP: known incorrect sRGB profile\ntrain: WARNING ⚠️ /root/a.jpg: corrupt JPEG restored and saved\n" + ended,
		"two attempts":         begun + traced("RuntimeError: CUDA error: out of memory") + begun + ended,
		"cpu by wish":          strings.Replace(options, "device=0", "device=cpu", 1) + strings.Replace(begun, "torch-1.11.0 CPU", "torch-1.11.0+cu113 CPU", 1) + ended,
		// other programs
		"a web server":  "10.0.0.1 - - [01/Jan/2024] \"GET / HTTP/1.1\" 500\nTraceback (most recent call last):\n  File \"/srv/app/views.py\", line 3, in index\n    import cv2\nModuleNotFoundError: No module named 'cv2'\nOSError: [Errno 28] No space left on device\n",
		"a kernel":      strings.Repeat("Jan  1 00:00:00 host kernel: usb 1-1: new device\n", 50) + "Jan  1 00:00:01 host kernel: Out of memory: Killed process 99 (java)\n",
		"another model": strings.Repeat("step 1 loss 0.3\n", 40) + "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB\n",
		"prose":         "The process was Killed\nNothing is wrong here.\n",
		"nothing":       "\n\n\r\n",
		"binary":        string([]byte{0, 1, 2, 0xff, 0xfe, 0x80, '\n', 0xc3, 0x28}),
	} {
		if found := Diagnose(strings.NewReader(log)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestDiagnoseEncodings reads what PowerShell and a Chinese console write.
func TestDiagnoseEncodings(t *testing.T) {
	log := begun + "'python' 不是内部或外部命令，也不是可运行的程序\n" + traced("AssertionError: Label class 3 exceeds nc=1 in D:\\数据\\d.yaml. Possible class labels are 0-0")
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(log)
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(log)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"utf-8": log, "with a mark": "\ufeff" + log, "utf-16": utf16, "gbk": gbk} {
		found := Diagnose(strings.NewReader(text))
		if len(found) == 0 || found[0].Rule != "cls-exceeds" || found[0].Args["file"] != `D:\数据\d.yaml` {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestDiagnoseDetails holds that findings name what the log names elsewhere.
func TestDiagnoseDetails(t *testing.T) {
	for log, want := range map[string]string{
		options + traced("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory"):                                                     "yolov5n.pt",
		traced("yaml.scanner.ScannerError: while scanning for the next token\nfound character '\\t' that cannot start any token\n  in \"data/person.yaml\", line 3, column 1"): "data/person.yaml",
		options + traced("Exception: Dataset not found ❌"):                                     "data/person.yaml",
		begun + traced("RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0"): "memory",
	} {
		found := Diagnose(strings.NewReader(log))
		if len(found) == 0 || !strings.Contains(found[0].Meaning.EN, want) || strings.Contains(found[0].Meaning.EN, "[[") || strings.Contains(found[0].Meaning.ZH, "{") {
			t.Errorf("%q: %+v", log, found)
		}
	}
	found := Diagnose(strings.NewReader("requirements: YOLOv5 requirements \"tqdm>=4.64.0\" \"thop>=0.1.1\" not found, attempting AutoUpdate...\n" + begun + row + done))
	if len(found) != 1 || found[0].Mend.Command != `pip install -U 'tqdm>=4.64.0' 'thop>=0.1.1'` {
		t.Errorf("%+v", found)
	}
	if got := Diagnose(strings.NewReader(begun + epoch + traced("subprocess.CalledProcessError: Command 'pip install $(reboot)' returned non-zero exit status 1."))); len(got) != 1 || strings.Contains(got[0].Mend.Command, "reboot)") {
		t.Errorf("%+v", got)
	}
}

func TestDiagnoseEnd(t *testing.T) {
	running := options + begun + epoch + row
	for _, tt := range []struct {
		name string
		log  string
		end  Ending
		want string
	}{
		{"killed by the kernel", running, Ending{Exited: true, Exit: 137}, "!oom-killed"},
		{"hung up", running, Ending{Exited: true, Exit: 129}, "!connection-lost"},
		{"asked to end", running, Ending{Exited: true, Exit: 143}, "!interrupted"},
		{"gone", running, Ending{Lost: true}, "!connection-lost"},
		{"an error without a word", running, Ending{Exited: true, Exit: 3}, "!unknown"},
		{"its line counts more", begun + traced("RuntimeError: CUDA error: out of memory"), Ending{Exited: true, Exit: 137}, "!cuda-oom"},
		{"nothing was written", "", Ending{Exited: true, Exit: 137}, "!oom-killed"},
		{"well", running + done, Ending{Exited: true}, ""},
		{"well, on the CPU of a paid GPU", strings.Replace(running, "device=0", "device=cpu", 1) + done, Ending{Exited: true, Paid: true}, "trained-on-cpu"},
	} {
		found := DiagnoseEnd(strings.NewReader(tt.log), tt.end)
		got := ""
		if len(found) > 0 {
			if got = found[0].Rule; found[0].Fatal {
				got = "!" + got
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestDiagnoseCut cuts a log at every byte: nothing may break, and before the
// end it is never called well.
func TestDiagnoseCut(t *testing.T) {
	log := options + begun + epoch + row + done
	for n := range len(log) {
		found := Diagnose(strings.NewReader(log[:n]))
		whole := strings.Contains(log[:n], "Optimizer stripped from runs/train/exp/weights/best.pt, 3.7MB")
		if started := strings.Contains(log[:n], "torch-1.11.0 CPU"); started && !whole && (len(found) != 1 || !found[0].Fatal) {
			t.Fatalf("cut at %d: %+v", n, found)
		}
	}
}

// TestRecordings reads the recordings in the folder that a variable names: a
// README.md with a table of them and their ids beside logs called fail-, sim-,
// run- and kill-.
func TestRecordings(t *testing.T) {
	dir := os.Getenv("GPUWIZARD_TEST_RECORDINGS")
	if dir == "" {
		t.Skip("set GPUWIZARD_TEST_RECORDINGS to a folder with recorded logs")
	}
	table, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(table)) {
		if cells := strings.Split(line, "|"); len(cells) == 4 && strings.Contains(cells[1], ".log") {
			want[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[2])
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		log, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		for guise, put := range guises {
			found := Diagnose(strings.NewReader(put(string(log))))
			switch id := want[base]; {
			case id != "" && (len(found) == 0 || found[0].Rule != id):
				t.Errorf("%s, %s: want %s, found %+v", base, guise, id, found)
			case strings.HasPrefix(base, "run-") && len(found) > 0:
				t.Errorf("%s, %s: found %+v", base, guise, found)
			}
		}
	}
}

// endless is a log of so many lines.
type endless struct {
	line []byte
	left int
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && e.left > 0 {
		c := copy(p[n:], e.line[e.at:])
		n, e.at = n+c, e.at+c
		if e.at == len(e.line) {
			e.at = 0
			e.left--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// TestDiagnoseIsBounded holds that what is kept does not grow with the log.
func TestDiagnoseIsBounded(t *testing.T) {
	line := []byte("train: WARNING ⚠️ /root/a.jpg: ignoring corrupt image/label: labels require 5 columns\n")
	lines := 200_000
	few := testing.AllocsPerRun(1, func() { Diagnose(&endless{line: line, left: 100}) })
	found := Diagnose(io.MultiReader(&endless{line: line, left: lines}, strings.NewReader(begun+epoch+traced("RuntimeError: CUDA error: out of memory"))))
	if len(found) != 2 || found[0].Rule != "cuda-oom" || found[1].Count != lines || few == 0 {
		t.Errorf("%+v", found)
	}
}

func TestWordFinder(t *testing.T) {
	words := []string{"he", "she", "his", "hers", "显存", "存不"}
	f := newWordFinder(words)
	for text, want := range map[string]string{
		"ushers": "she he hers", "his": "his", "": "", "显存不够": "显存 存不", "nothing": "",
	} {
		var got []string
		f.find(text, func(word int) { got = append(got, words[word]) })
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %v, want %q", text, got, want)
		}
	}
	for expression, want := range map[string]string{
		`abcd(?:ef)?`: "[abcd]", `(?:Excep|Error)\w`: "[rror xcep]", `x*`: "[]", `(?i)abcd`: "[]", `(?P<x>\d+) words (?:a|b)`: "[ words ]", `abcd|\d`: "[]",
	} {
		if got := fmt.Sprint(neededWords(expression)); got != want {
			t.Errorf("%s needs %s, want %s", expression, got, want)
		}
	}
	if always := failureRules().always; len(always) > 8 {
		t.Errorf("%d patterns are tried on every line", len(always))
	}
}
