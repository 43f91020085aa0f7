package rental

import (
	"strings"
	"testing"
)

func TestPlatforms(t *testing.T) {
	all := Platforms()
	ids := map[string]bool{}
	for _, p := range all {
		ids[p.ID] = true
		for what, text := range map[string]Text{"stop": p.Stop.Note, "login": p.Login.Note} {
			if text.ZH == "" || text.EN == "" {
				t.Errorf("%s: no note on %s", p.ID, what)
			}
		}
		if p.Login.Example != "" {
			if _, err := ParseLogin(p.Login.Example); err != nil {
				t.Errorf("%s: %q: %v", p.ID, p.Login.Example, err)
			}
		}
		sure := []Sureness{p.Stop.Sure}
		for _, r := range p.Regions {
			sure = append(sure, r.Sure)
		}
		for _, d := range p.Disks {
			sure = append(sure, d.Sure)
			if !strings.HasPrefix(d.Path, "/") || d.Note.ZH == "" || d.Note.EN == "" {
				t.Errorf("%s: disk %+v", p.ID, d)
			}
		}
		for _, price := range p.Prices {
			sure = append(sure, price.Sure)
		}
		for _, s := range sure {
			if s != Sure && s != Likely && s != Doubtful {
				t.Errorf("%s: sure: %q", p.ID, s)
			}
		}
	}
	for _, id := range []string{"autodl", "gpushare", "matpool", "featurize", "vast", "runpod", "lambda", "verda", "any", "practice"} {
		if !ids[id] {
			t.Errorf("no platform %s", id)
		}
	}
}

func TestPlatformOf(t *testing.T) {
	for host, want := range map[string]string{
		"connect.nmb1.seetacloud.com": "autodl", "CONNECT.WESTB.SEETACLOUD.COM.": "autodl", "region-31.seetacloud.com": "autodl",
		"region-8.autodl.pro": "autodl", "connect.zzz9.seetacloud.com": "autodl",
		"i-1.gpushare.com": "gpushare", "hz-4.matpool.com": "matpool", "workspace.featurize.cn": "featurize", "ssh5.vast.ai": "vast",
		"ssh.runpod.io": "runpod", "203.0.113.7": "any", "2001:db8::1": "any", "": "any",
		"connect.nmb1.seetacloud.com.evil.example": "any", "evilmatpool.com": "any", "a1-b2.nmb1.seetacloud.com": "any",
	} {
		if got := PlatformOf(host).ID; got != want {
			t.Errorf("%s is of %s, want %s", host, got, want)
		}
	}
}

func TestRegions(t *testing.T) {
	for host, want := range map[string]string{
		"connect.nmb1.seetacloud.com": "nm-B1", "Connect.bjb2.seetacloud.com": "bj-B2", "region-42.seetacloud.com": "beijing-A", "region-31.seetacloud.com": "neimeng-A",
		"connect.zzz9.seetacloud.com": "", "i-1.gpushare.com": "", "203.0.113.7": "",
	} {
		got, ok := RegionOf(host)
		if got.Sign != want || ok != (want != "") {
			t.Errorf("%s is in %q, %v; want %q", host, got.Sign, ok, want)
		}
	}
	autodl, ok := PlatformByID("autodl")
	if !ok {
		t.Fatal("no autodl")
	}
	region := func(sign string) Region {
		r, ok := autodl.RegionBySign(sign)
		if !ok {
			t.Fatalf("no region %s", sign)
		}
		return r
	}
	for _, tt := range []struct {
		a, b string
		want Colocation
	}{
		{"nm-B1", "nm-b1", Together},
		{"bj-B1", "bj-B2", Together},
		{"beijing-A", "beijing-D", Together},
		{"nm-B1", "nm-B2", Unknown},
		{"west-B", "west-C", Unknown},
		{"nm-B1", "neimeng-A", Apart},
		{"nm-B1", "bj-B1", Apart},
		{"nm-A1", "stu-A", Apart},
	} {
		if got := SameRegion(region(tt.a), region(tt.b)); got != tt.want {
			t.Errorf("%s and %s: %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
	if got := SameRegion(Region{}, region("nm-B1")); got != Unknown {
		t.Errorf("a region nobody knows: %s", got)
	}
	if _, ok := autodl.RegionBySign("mars-A"); ok {
		t.Error("found mars-A")
	}
}

func TestPrice(t *testing.T) {
	autodl, _ := PlatformByID("autodl")
	for gpu, want := range map[string]string{
		"NVIDIA GeForce RTX 4090": "1.88", "RTX 4090": "1.88", "rtx4090": "1.88", "NVIDIA GeForce RTX 2080 Ti": "0.88", "Tesla T4": "0.78",
		"NVIDIA A800 80GB PCIe": "5.59", "NVIDIA GeForce RTX 4090 D": "", "Quadro": "", "": "",
	} {
		m, _, ok := autodl.Price(gpu)
		if ok != (want != "") || ok && m.Decimal() != want {
			t.Errorf("%s: got %s, %v; want %q", gpu, m, ok, want)
		}
	}
}
