package remote

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
)

// As an AutoDL container answers: a host of 128 CPUs, a container of 12.
const autodlAnswer = `uname=Linux x86_64
hostname=autodl-container-abcdefghij-01234567
user=root
home=/root
clock=1700000000
practice=
cgroup1-quota=1200000
cgroup1-period=100000
cgroup1-memory=96636764160
nproc=128
meminfo=MemTotal:       1056640308 kB
boot=3feac107-0ff9-4870-bda8-09092c3ace40
first-process=1 (a name) S) S 0 0 0 0 -1 4194560 62819 25265811 0 608 137 363 34394 13214 10 -10 13 0 500000 55775232 5629
uptime=6000.50 608.51
ticks=100
shm-kib=tmpfs 67108864 0 67108864 0% /dev/shm
gpu=NVIDIA GeForce RTX 3090, 24576, 535.104.05
variable=AutoDLRegion=nm-B1
variable=AutoDLContainerUUID=abcdefghij-01234567
python=/root/miniconda3/bin/python
python-version=3.8.10
python-prefix=/root/miniconda3
python-torch=2.0.0+cu118
python-cuda=11.8
python-cuda-ready=likely
python=/usr/bin/python3
python-version=3.10.12
python-prefix=/usr
python=/root/miniconda3/bin/python3
python-version=3.8.10
python-prefix=/root/miniconda3
python=/broken/python
disk=/root
disk-kib=overlay 31457280 1048576 30408704 4% /
disk-inodes=overlay 0 0 0 - /
disk-writable=yes
disk=/root/autodl-fs
disk-kib=a device with spaces 20971520 20971520 -12 101% /root/autodl-fs
disk-inodes=dev 200000 200000 0 100% /root/autodl-fs
tool=tar
tool=sha256sum
end=look
`

func TestParseFacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       instance.Facts
		complete   bool
	}{
		{"AutoDL", autodlAnswer, instance.Facts{
			Hostname: "autodl-container-abcdefghij-01234567", OS: "Linux x86_64", User: "root", Home: "/root",
			Clock: time.Unix(1_700_000_000, 0),
			GPUs:  []instance.GPU{{Name: "NVIDIA GeForce RTX 3090", MemoryMiB: 24576, Driver: "535.104.05"}},
			CPUs:  12, MemoryMiB: 92160,
			Pythons: []instance.Python{
				{Path: "/root/miniconda3/bin/python", Version: "3.8.10", Torch: "2.0.0+cu118", CUDA: "11.8", CUDAReady: true},
				{Path: "/usr/bin/python3", Version: "3.10.12"},
			},
			Disks: []instance.Disk{
				{Path: "/root", TotalBytes: 31457280 << 10, FreeBytes: 30408704 << 10, FreeInodes: -1, Writable: true},
				{Path: "/root/autodl-fs", TotalBytes: 20971520 << 10, FreeBytes: 0, FreeInodes: 0},
			},
			Tools: []string{"tar", "sha256sum"}, Platform: "autodl", Region: "nm-B1", ID: "abcdefghij-01234567",
			Boot: "3feac107-0ff9-4870-bda8-09092c3ace40/500000", Uptime: 1001 * time.Second, ShmBytes: 64 << 30,
		}, true},
		{
			"cgroup v2, half a CPU", "cgroup2-cpu=50000 100000\ncgroup2-memory=2147483648\nnproc=64\nmeminfo=MemTotal: 263846132 kB\n",
			instance.Facts{CPUs: 0.5, MemoryMiB: 2048},
			false,
		},
		{
			"no limits", "cgroup2-cpu=max 100000\ncgroup2-memory=max\nnproc=8\nmeminfo=MemTotal: 16384000 kB\n",
			instance.Facts{CPUs: 8, MemoryMiB: 16000},
			false,
		},
		{
			"cgroup v1 without limits", "cgroup1-quota=-1\ncgroup1-period=100000\ncgroup1-memory=9223372036854771712\nnproc=8\n",
			instance.Facts{CPUs: 8},
			false,
		},
		{
			"limits of the groups above count too", "cgroup2-cpu=800000 100000\ncgroup2-memory=max\ncgroup2-cpu=200000 100000\n" +
				"cgroup2-memory=4294967296\ncgroup2-memory=8589934592\ncgroup1-quota=-1\ncgroup1-period=100000\nnproc=64\n",
			instance.Facts{CPUs: 2, MemoryMiB: 4096},
			false,
		},
		{
			"a GPU that only the driver tells of", "driver=535.104.05\ngpu=No devices, were, found\n" +
				"python=/a/python\npython-version=3.10.1\npython=/b/python\npython-gpu=NVIDIA A100-SXM4-80GB, 81251\n" +
				"python-version=3.11.1\npython-cuda-ready=likely\npython=/c/python\npython-gpu=NVIDIA A100-SXM4-80GB, 81251\n",
			instance.Facts{
				GPUs:    []instance.GPU{{Name: "NVIDIA A100-SXM4-80GB", MemoryMiB: 81251, Driver: "535.104.05"}},
				Pythons: []instance.Python{{Path: "/b/python", Version: "3.11.1", CUDAReady: true}, {Path: "/a/python", Version: "3.10.1"}},
			},
			false,
		},
		{
			"memory shared with the machine", "gpu=NVIDIA GB10, [N/A], 580.1\n",
			instance.Facts{GPUs: []instance.GPU{{Name: "NVIDIA GB10", Driver: "580.1"}}},
			false,
		},
		{"AutoDL by its name", "hostname=autodl-container-a1b2c3d4e5-01234567\n", instance.Facts{
			Hostname: "autodl-container-a1b2c3d4e5-01234567", Platform: "autodl", ID: "a1b2c3d4e5-01234567",
		}, false},
		{
			"RunPod", "variable=RUNPOD_POD_ID=abc123\nvariable=RUNPOD_DC_ID=EU-RO-1\nvariable=CONTAINER_ID=9\n",
			instance.Facts{Platform: "runpod", Region: "EU-RO-1", ID: "abc123"},
			false,
		},
		{"Vast.ai", "variable=CONTAINER_ID=4711\nvariable=VAST_CONTAINERLABEL=C.4711\n", instance.Facts{Platform: "vast", ID: "4711"}, false},
		{"somebody's own variable", "variable=CONTAINER_ID=4711\n", instance.Facts{}, false},
		{"practice", "practice=rehearsal\n", instance.Facts{Practice: true, Rehearsal: true}, false},
		{"practice for real", "practice=real\n", instance.Facts{Practice: true}, false},
		{"hostile", "user=\x1b[31mroot\x07\u202e\nhome=../etc\ndisk=relative\ngpu=,,\nnproc=-5\nclock=x\n", instance.Facts{User: "[31mroot"}, false},
		{"nothing", "", instance.Facts{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, complete := parseFacts(c.text)
			if !reflect.DeepEqual(got, c.want) || complete != c.complete {
				t.Errorf("got %+v, %v\nwant %+v, %v", got, complete, c.want, c.complete)
			}
		})
	}
}

func FuzzParseFacts(f *testing.F) {
	f.Add(autodlAnswer)
	f.Add("disk-kib=x 1 2 3 4% /\npython-torch=1\n=\n")
	f.Fuzz(func(t *testing.T, text string) {
		facts, _ := parseFacts(text)
		if facts.Uptime < 0 || facts.ShmBytes < 0 || facts.CPUs < 0 || facts.MemoryMiB < 0 || len(facts.Disks) > maxItems || len(facts.Pythons) > maxItems ||
			len(facts.GPUs) > maxItems || len(facts.Tools) > maxItems || len(facts.Hostname) > maxFact {
			t.Errorf("out of bounds: %+v", facts)
		}
		if strings.ContainsAny(facts.Hostname+facts.User+facts.Home+facts.Platform+facts.Region+facts.ID+facts.Boot, "\x1b\n\r\x00") {
			t.Errorf("not clean: %+v", facts)
		}
		for _, d := range facts.Disks {
			if d.TotalBytes < 0 || d.FreeBytes < 0 || d.FreeInodes < -1 || !strings.HasPrefix(d.Path, "/") {
				t.Errorf("disk %+v", d)
			}
		}
		for _, p := range facts.Pythons {
			if p.Version == "" || !strings.HasPrefix(p.Path, "/") {
				t.Errorf("python %+v", p)
			}
		}
	})
}
