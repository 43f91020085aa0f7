package yolov5

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wordings are failures as they were met in public, beside those of
// TestDiagnoseVariants: in the words of other releases, libraries, shells and
// systems. Each is what a log ends with.
var wordings = []struct{ want, log string }{
	// torch, CUDA
	{"!torch26", traced("_pickle.UnpicklingError: Weights only load failed. This file can still be loaded, to do so you have two options, \x1b[1mdo those steps only if you trust the source of the checkpoint\x1b[0m.\n\t(1) In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`.\n\tWeightsUnpickler error: Unsupported global: GLOBAL models.yolo.DetectionModel was not an allowed global by default.")},
	{"!torch26", traced("_pickle.UnpicklingError: Weights only load failed. In PyTorch 2.6, we changed the default value\n\tWeightsUnpickler error: Unsupported global: GLOBAL numpy._core.multiarray._reconstruct was not an allowed global by default.")},
	{"!cuda-oom", traced("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 23.65 GiB of which 12.06 MiB is free. Process 4711 has 23.62 GiB memory in use.")},
	{"!cuda-oom", traced("RuntimeError: CUDA out of memory. Tried to allocate 294.00 MiB (GPU 0; 6.00 GiB total capacity; 118.62 MiB already allocated; 4.20 GiB free; 362.00 MiB reserved in total by PyTorch)")},
	{"!cuda-oom", traced("RuntimeError: CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1.")},
	{"!cuda-oom", traced("RuntimeError: CUDA error: out of memory\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.")},
	{"!cudnn", traced("RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")},
	{"!cudnn", traced("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED")},
	{"!cudnn", traced("RuntimeError: Unable to find a valid cuDNN algorithm to run convolution")},
	{"!cudnn", "Could not load library libcudnn_cnn_infer.so.8. Error: libcuda.so: cannot open shared object file: No such file or directory\nAborted (core dumped)\n"},
	{"!no-cuda", traced("RuntimeError: Attempting to deserialize object on CUDA device 1 but torch.cuda.device_count() is 1. Please use torch.load with map_location")},
	{"!no-cuda", traced("RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling NumCudaDevices() that might have already set an error? Error 804: forward compatibility was attempted on non supported HW")},
	{"!no-cuda", traced("AssertionError: insufficient CUDA devices for DDP command")},
	{"!no-cuda", traced("ValueError: Invalid CUDA 'device=0' requested. Use 'device=cpu' or pass valid CUDA device(s) if available")},
	{"!sm", "/root/miniconda3/lib/python3.8/site-packages/torch/cuda/__init__.py:143: UserWarning: \nNVIDIA GeForce RTX 4090 with CUDA capability sm_89 is not compatible with the current PyTorch installation.\nThe current PyTorch install supports CUDA capabilities sm_37 sm_50 sm_60 sm_70.\n" + traced("RuntimeError: CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be asynchronously reported")},
	{"!nms", traced("NotImplementedError: Could not run 'torchvision::nms' with arguments from the 'CUDA' backend. This could be because the operator doesn't exist for this backend")},
	{"!cls-exceeds", "../aten/src/ATen/native/cuda/IndexKernel.cu:91: operator(): block: [0,0,0], thread: [32,0,0] Assertion `index >= -sizes[i] && index < sizes[i] && \"index out of bounds\"` failed.\n" + traced("RuntimeError: CUDA error: device-side assert triggered")},
	{"!float-long", traced("RuntimeError: result type Float can't be cast to the desired output type long long")},
	// memory
	{"!shm", "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).\n" + traced("RuntimeError: DataLoader worker (pid 3125) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.")},
	{"!shm", traced("OSError: [Errno 28] No space left on device: '/dev/shm/torch_123_456'")},
	{"!shm", "总线错误 (核心已转储)\n"},
	{"!cpu-oom", traced("RuntimeError: [enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 262144000 bytes. Error code 12 (Cannot allocate memory)")},
	{"!cpu-oom", traced("RuntimeError: [enforce fail at ..\\c10\\core\\CPUAllocator.cpp:79] data. DefaultCPUAllocator: not enough memory: you tried to allocate 1048576000 bytes.")},
	{"!cpu-oom", traced("RuntimeError: Caught RuntimeError in pin memory thread for device 0.\nOriginal Traceback (most recent call last):\n  File \"/x/torch/utils/data/_utils/pin_memory.py\", line 34, in do_one_step\nRuntimeError: DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")},
	{"!cpu-oom", traced("cv2.error: OpenCV(4.5.5) /io/opencv/modules/core/src/alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 26542080 bytes in function 'OutOfMemoryError'")},
	{"!oom-killed", epoch + row + "Killed\n"},
	{"!oom-killed", epoch + row + "已杀死\n"},
	{"!oom-killed", epoch + row + "[1]+  已杀死               nohup python train.py --data data/person.yaml\n"},
	{"!oom-killed", epoch + row + "[1]  + 12345 killed     python train.py\n"},
	{"!oom-killed", epoch + row + "zsh: killed     python train.py\n"},
	{"!oom-killed", epoch + row + "Killed: 9\n"},
	{"!oom-killed", epoch + row + "bash: 第 1 行：  1234 已杀死               python train.py\n"},
	{"!oom-killed", epoch + row + "/bin/bash: line 1:    53 Killed                  python3 train.py --img 640\n"},
	{"!oom-killed", epoch + "Traceback (most recent call last):\n  File \"/x/queue.py\", line 1\n_queue.Empty\n\nThe above exception was the direct cause of the following exception:\n\n" + traced("RuntimeError: DataLoader worker (pid(s) 4021) exited unexpectedly")},
	// the network
	{"!font", fontWanted + traced("urllib.error.HTTPError: HTTP Error 404: Not Found")},
	{"!font", fontWanted + "Traceback (most recent call last):\n  File \"/usr/lib/python3.8/urllib/request.py\", line 1350, in do_open\nssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1131)\n\nDuring handling of the above exception, another exception occurred:\n\n" + traced("urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1131)>")},
	{"!font", fontWanted + traced("socket.gaierror: [Errno -3] Temporary failure in name resolution") + "\nDuring handling of the above exception, another exception occurred:\n\n" + traced("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>")},
	{"!font", fontWanted + traced("ConnectionRefusedError: [Errno 111] Connection refused") + "\nDuring handling of the above exception, another exception occurred:\n\n" + traced("urllib.error.URLError: <urlopen error [Errno 111] Connection refused>")},
	{"!font", fontWanted + traced("http.client.RemoteDisconnected: Remote end closed connection without response")},
	{"!font", fontWanted + traced("socket.timeout: timed out")},
	{"!font", fontWanted + traced("TimeoutError: [WinError 10060] 由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。")},
	{"!font", fontWanted + "^C" + traced("KeyboardInterrupt")},
	{"!weights-dl", "Downloading https://github.com/ultralytics/yolov5/releases/download/v7.0/yolov5s.pt to yolov5s.pt...\nERROR: <urlopen error [Errno 110] Connection timed out>\nRe-attempting https://github.com/ultralytics/yolov5/releases/download/v7.0/yolov5s.pt to yolov5s.pt...\ncurl: (28) Failed to connect to github.com port 443: Connection timed out\nERROR: yolov5s.pt missing, try downloading from https://github.com/ultralytics/yolov5/releases/v7.0\n\n" + traced("FileNotFoundError: [Errno 2] No such file or directory: 'yolov5s.pt'")},
	{"!weights-dl", "Downloading https://github.com/ultralytics/yolov5/releases/download/v6.1/yolov5s.pt to yolov5s.pt...\n" + traced("urllib.error.ContentTooShortError: <urlopen error retrieval incomplete: got only 9 out of 14808437 bytes>")},
	{"!weights-dl", traced("FileNotFoundError: [Errno 2] No such file or directory: '/root/autodl-tmp/权重/yolov5s.pt'")},
	{"!wandb", traced("wandb.errors.UsageError: api_key not configured (no-tty). call wandb.login(key=[your_api_key])")},
	{"!wandb", traced("wandb.errors.errors.UsageError: api_key not configured (no-tty). call wandb.login(key=[your_api_key])")},
	// Python's libraries
	{"!np-int", traced("AttributeError: module 'numpy' has no attribute 'int'.\n`np.int` was a deprecated alias for the builtin `int`. To avoid this error in existing code, use `int` by itself.")},
	{"!np-int", traced("AttributeError: module 'numpy' has no attribute 'int'. Did you mean: 'inf'?")},
	{"!np-trapz", traced("AttributeError: `np.trapz` was removed in the NumPy 2.4 release. Use `np.trapezoid` instead.")},
	{"!np2-abi", "\nA module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.2 as it may crash. To support both 1.x and 2.x\nversions of NumPy, modules must be compiled with NumPy 2.0.\n\nTraceback (most recent call last):  File \"/root/yolov5/train.py\", line 29, in <module>\n    import torch\nAttributeError: _ARRAY_API not found\n" + traced("RuntimeError: Numpy is not available")},
	{"!np2-abi", traced("ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject")},
	{"!protobuf", traced("TypeError: Descriptors cannot be created directly.\nIf this call came from a _pb2.py file, your generated code is out of date and must be regenerated with protoc >= 3.19.0.")},
	{"!protobuf", traced("TypeError: Descriptors cannot not be created directly.\nIf you cannot immediately regenerate your protos, some other possible workarounds are:\n 1. Downgrade the protobuf package to 3.20.x or lower.")},
	{"!nomodule", "Traceback (most recent call last):\n  File \"/root/yolov5/train.py\", line 38, in <module>\n    import val as validate  # for end-of-epoch mAP\n    ^^^^^^^^^^^^^^^^^^^^^^\n  File \"/root/yolov5/val.py\", line 39, in <module>\n    import pandas as pd\nModuleNotFoundError: No module named 'pandas'\n"},
	{"!nomodule", traced("ModuleNotFoundError: No module named 'distutils'")},
	{"!pkg-resources", traced("ModuleNotFoundError: No module named 'pkg_resources'")},
	{"!libgl", traced("ImportError: libGL.so.1: cannot open shared object file: No such file or directory")},
	{"!libgl", traced("ImportError: libglib-2.0.so.0: cannot open shared object file: No such file or directory")},
	{"!libgl", traced("ImportError: libXrender.so.1: cannot open shared object file: No such file or directory")},
	{"!cv2-conflict", traced("ImportError: ERROR: recursion is detected during loading of \"cv2\" binary extensions. Check OpenCV installation.")},
	{"!upsample", traced("torch.nn.modules.module.ModuleAttributeError: 'Upsample' object has no attribute 'recompute_scale_factor'")},
	{"!upsample", traced("torch.nn.modules.module.ModuleAttributeError: 'BatchNorm2d' object has no attribute '_non_persistent_buffers_set'")},
	{"!upsample", traced("AttributeError: 'Hardswish' object has no attribute 'inplace'")},
	{"!sppf", traced("AttributeError: Can't get attribute 'SPPF' on <module 'models.common' from 'D:\\\\yolov5\\\\models\\\\common.py'>")},
	{"!sppf", traced("ModuleNotFoundError: No module named 'utils.autoanchor'")},
	{"!tb-hist", traced("numpy.core._exceptions._UFuncNoLoopError: No loop matching the specified signature and casting was found for ufunc greater")},
	// git
	{"!git-sha", traced("ValueError: SHA b'HEAD' could not be resolved, git returned: b''")},
	{"!git-sha", "fatal: detected dubious ownership in repository at '/root/autodl-tmp/yolov5'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /root/autodl-tmp/yolov5\n" + traced("subprocess.CalledProcessError: Command 'git fetch --tags ultralytics' returned non-zero exit status 128.")},
	{"!git-sha", traced("git.exc.GitCommandError: Cmd('git') failed due to: exit code(128)\n  cmdline: git cat-file --batch-check\n  stderr: 'fatal: detected dubious ownership in repository at '/root/yolov5''")},
	{"!git-origin", traced("AttributeError: 'IterableList' object has no attribute 'origin'")},
	// data
	{"!cls-exceeds", traced("AssertionError: Label class 1 exceeds nc=1 in D:\\学习\\yolov5\\data\\person.yaml. Possible class labels are 0-0")},
	{"!cls-exceeds", traced("IndexError: index 5 is out of bounds for axis 1 with size 2")},
	{"!no-labels", "train: Scanning '/root/VOC/images/train' images and labels...0 found, 160 missing, 0 empty, 0 corrupt: 100%|██████████| 160/160 [00:00<00:00, 2048.05it/s]\ntrain: WARNING: No labels found in /root/VOC/images/train.cache. See https://github.com/ultralytics/yolov5/wiki/Train-Custom-Data\n" + traced("AssertionError: train: No labels in /root/VOC/images/train.cache. Can not train without labels. See https://github.com/ultralytics/yolov5/wiki/Train-Custom-Data")},
	{"!no-labels", "train: WARNING ⚠️ Cache directory /home/x/labels is not writeable: [Errno 2] No such file or directory: '/home/x/labels/train2017.cache.npy'\n" + traced("AssertionError: train: No labels found in /home/x/labels/train2017.cache, can not start training. See https://docs.ultralytics.com/yolov5/tutorials/train_custom_data")},
	{"!no-labels", "Exception has occurred: AssertionError\ntrain: No labels found in D:\\Yolo\\dataSet\\train.cache, can not start training. See https://docs.ultralytics.com/yolov5/tutorials/train_custom_data\n  File \"D:\\Yolo\\yolov5\\utils\\dataloaders.py\", line 611, in __init__\n"},
	{"!empty-labels", traced("AssertionError: train: All labels empty in /root/labels/train.cache, can not start training. See https://docs.ultralytics.com/yolov5/tutorials/train_custom_data")},
	{"!all-corrupt", traced("ValueError: not enough values to unpack (expected 3, got 0)")},
	{"!dataset-missing", "\nDataset not found ⚠️, missing paths ['/root/autodl-tmp/数据/images/val']\n" + traced("Exception: Dataset not found ❌")},
	{"!train-missing", "Traceback (most recent call last):\n  File \"/root/yolov5/utils/dataloaders.py\", line 468, in __init__\n    raise FileNotFoundError(f'{prefix}{p} does not exist')\nFileNotFoundError: train: /root/数据/train does not exist\n\nThe above exception was the direct cause of the following exception:\n\n" + traced("Exception: train: Error loading data from /root/数据/train: train: /root/数据/train does not exist\nSee https://docs.ultralytics.com/yolov5/tutorials/train_custom_data")},
	{"!no-images", "Traceback (most recent call last):\n  File \"/root/yolov5/utils/dataloaders.py\", line 472, in __init__\nAssertionError: train: No images found\n\nThe above exception was the direct cause of the following exception:\n\n" + traced("Exception: train: Error loading data from /root/x/images/train: train: No images found\nSee https://github.com/ultralytics/yolov5/wiki/Train-Custom-Data")},
	{"!yaml-syntax", traced("yaml.scanner.ScannerError: mapping values are not allowed here\n  in \"data/person.yaml\", line 3, column 7")},
	{"!yaml-field", traced("AssertionError: data.yaml 'names:' field missing ❌")},
	{"!yaml-missing", traced("AssertionError: File not found: /root/autodl-tmp/数据/person.yaml")},
	{"!encoding", traced("UnicodeDecodeError: 'gbk' codec can't decode byte 0xac in position 137: illegal multibyte sequence")},
	{"!old-cache", traced("_pickle.UnpicklingError: STACK_GLOBAL requires str")},
	{"!old-cache", traced("_pickle.UnpicklingError: invalid load key, '\\x93'.")},
	// the disk
	{"!disk-full", traced("OSError: [Errno 28] No space left on device: '/root/yolov5/runs/train/exp/weights/last.pt'")},
	{"!disk-full", traced("OSError: [Errno 122] Disk quota exceeded")},
	{"!disk-full", traced("RuntimeError: [enforce fail at inline_container.cc:471] . PytorchStreamWriter failed writing file data/31: file write failed") + "\nDuring handling of the above exception, another exception occurred:\n\n" + traced("RuntimeError: [enforce fail at inline_container.cc:337] . unexpected pos 7373696 vs 7373584") + "terminate called after throwing an instance of 'c10::Error'\n  what():  [enforce fail at inline_container.cc:337] . unexpected pos 7373696 vs 7373584\nAborted (core dumped)\n"},
	{"!disk-full", "tee: train.log: 设备上没有空间\n"},
	{"!readonly", traced("OSError: [Errno 30] Read-only file system: '/root/autodl-pub/runs/train/exp'")},
	{"!pt-truncated", traced("RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory")},
	{"!pt-truncated", traced("RuntimeError: PytorchStreamReader failed reading file data/112: file read failed")},
	{"!weights-html", traced("_pickle.UnpicklingError: invalid load key, '<'.")},
	// how it is run, and how it ends
	{"!no-python", "\nCommand 'python' not found, did you mean:\n\n  command 'python3' from deb python3\n  command 'python' from deb python-is-python3\n\n"},
	{"!no-python", "找不到命令 “python”，您的意思是：\n\n  command 'python3' from deb python3\n"},
	{"!no-python", "bash: 行 1: python: 未找到命令\n"},
	{"!no-python", "python : 无法将“python”项识别为 cmdlet、函数、脚本文件或可运行程序的名称。请检查名称的拼写，如果包括路径，请确保路径正确，然后再试一次。\n"},
	{"!badarg", "usage: train.py [-h] [--weights WEIGHTS] [--cfg CFG]\ntrain.py: error: argument --epochs: invalid int value: 'abc'\n"},
	{"!resume-done", traced("AssertionError: runs/train/exp/weights/last.pt training to 3 epochs is finished, nothing to resume.\nStart a new training without --resume, i.e. 'python train.py --weights runs/train/exp/weights/last.pt'")},
	{"!interrupted", epoch + "^C" + traced("KeyboardInterrupt")},
	{"!interrupted", epoch + row + "^C\n"},
	{"!interrupted", epoch + row + "[1]+  已终止               nohup python train.py\n"},
	{"!connection-lost", epoch + row + "client_loop: send disconnect: Connection reset by peer\n"},
	{"!connection-lost", epoch + row + "Connection reset by 10.0.0.7 port 22\n"},
	{"!connection-lost", epoch + row + "Write failed: Broken pipe\n"},
	{"!unknown", epoch + "段错误 (核心已转储)\n"},
	{"!unknown", epoch + traced("RuntimeError: CUDA error: an illegal memory access was encountered")},
	// what harms
	{"nan", "Epoch   gpu_mem       box       obj       cls    labels  img_size\n     1/99     2.64G    0.0412       nan       nan         4       416: 100%|██████████| 7/7 [00:15<00:00,  2.27s/it]\n                 all         14          0          0          0          0          0\n" + done},
	{"", "^C\n" + begun + epoch + "RuntimeError: module compiled against API version 0x10 but this version of numpy is 0xf\n" + row + done},
	{"nan", "     0/299    0.489G       nan       nan       nan       nan        10       640: 100%|██████████| 7/7 [00:15<00:00,  2.27s/it]\n" + done},
}

const fontWanted = "Downloading https://ultralytics.com/assets/Arial.ttf to /root/.config/Ultralytics/Arial.ttf...\n"

// lines applies do to every line of a log.
func eachLine(log string, do func(line string) string) string {
	lines := strings.Split(log, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = do(line)
		}
	}
	return strings.Join(lines, "\n")
}

// guises are what happens to a log on its way: by the system it was written
// on, by what started the training, by how it was copied.
var guises = map[string]func(string) string{
	"as it is": func(log string) string { return log },
	"Windows":  func(log string) string { return strings.ReplaceAll(log, "\n", "\r\n") },
	"coloured": func(log string) string {
		return eachLine(log, func(line string) string { return "\x1b[31m\x1b[1m" + line + "\x1b[0m" })
	},
	"Python 3.11": func(log string) string {
		return eachLine(log, func(line string) string {
			if strings.HasPrefix(line, "    main(") {
				return line + "\n    ^^^^^^^^^" + "\n    ~~~~^^^^^"
			}
			return line
		})
	},
	"several GPUs": func(log string) string {
		return eachLine(log, func(line string) string { return "[rank0]: " + line })
	},
	"blanks behind": func(log string) string {
		return eachLine(log, func(line string) string { return line + "   " })
	},
	"wrapped": func(log string) string {
		return eachLine(log, func(line string) string {
			const columns = 100
			if runes := []rune(line); len(runes) > columns && !strings.Contains(line, "\r") {
				return string(runes[:columns]) + "\n" + string(runes[columns:])
			}
			return line
		})
	},
	"ASCII bars": func(log string) string {
		return strings.Map(func(r rune) rune {
			if r >= '▀' && r <= '▟' {
				return '#'
			}
			return r
		}, log)
	},
	"an update a line": func(log string) string { return strings.ReplaceAll(log, "\r", "\n") },
	"erased lines": func(log string) string {
		return eachLine(log, func(line string) string { return "\r\x1b[K" + line })
	},
}

// TestDiagnoseWordings holds that each wording is known by its rule, after any
// beginning and in any guise.
func TestDiagnoseWordings(t *testing.T) {
	v6 := "train: weights=yolov5s.pt, cfg=, data=data/person.yaml, hyp=data/hyps/hyp.scratch.yaml, epochs=2, batch_size=16, imgsz=640, device=0\nYOLOv5 🚀 v6.0-3-g20a809d torch 1.9.0+cu111 CUDA:0 (NVIDIA GeForce RTX 3090, 24268.3125MB)\n"
	for i, w := range wordings {
		for guise, put := range guises {
			for beginning, log := range map[string]string{"nothing": "train.py\n", "v7.0": options + begun, "v6.0": v6} {
				if beginning == "nothing" && strings.HasPrefix(w.log, epoch) {
					continue
				}
				if got := first(put(log + w.log)); got != w.want {
					t.Errorf("%d, %s, after %s: got %q, want %q, of %q", i, guise, beginning, got, w.want, w.log)
				}
			}
		}
	}
}

// TestDiagnoseHealthyInAnyGuise is the same for trainings that went well.
func TestDiagnoseHealthyInAnyGuise(t *testing.T) {
	for _, name := range []string{"testdata/v5.0.log", "testdata/v6.1.log", "testdata/v7.0.log", "testdata/master.log", "../../remote/practice/recording/train.log"} {
		log, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		for guise, put := range guises {
			for _, f := range Diagnose(strings.NewReader(put(string(log)))) {
				if f.Fatal {
					t.Errorf("%s, %s: %+v", name, guise, f)
				}
			}
		}
	}
}
