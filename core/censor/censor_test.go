package censor_test

import (
	"strings"
	"testing"

	"gpuwizard/core/censor"
)

func TestWhatIsStruckOut(t *testing.T) {
	var c censor.Censor
	c.Strike("Planted-Word-4711", censor.Secret)
	c.Strike("lin", censor.User)
	c.Strike("gpu7.internal", censor.Host)
	c.Environment([]string{"HF_TOKEN=abcd1234", "WANDB_API_KEY=zzz999zzz", "PATH=/usr/bin", "LANG=zh_CN.UTF-8"})
	for _, test := range []struct{ text, gone, stays string }{
		{"ssh -p 10309 root@connect.nmb1.seetacloud.com Planted-Word-4711", "Planted 10309 seetacloud", "ssh"},
		{"login to 203.0.113.7:22 failed", "203.0.113.7", "login failed"},
		{"host 2001:db8::17 is away", "2001:db8", "is away"},
		{"gpu7.internal answers", "gpu7", "answers"},
		{"File \"/home/lin/x/train.py\", line 633", "lin/", "train.py line 633"},
		{`C:\Users\Lin Wei\x`, "Lin Wei", ""},
		{"export HF_TOKEN=abcd1234", "abcd1234", "export"},
		{"wandb: zzz999zzz", "zzz999", "wandb"},
		{"password: hunter2!", "hunter2", "password"},
		{"密码：abc123！", "abc123", "密码"},
		{"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "eyJ", "Authorization"},
		{"git clone https://lin:pw123456@example.org/x", "pw123456", "git clone"},
		{"token ghp_0123456789abcdefghijABCDEFGHIJ", "0123456789abc", "token"},
		{"hf_AbCdEfGhIjKlMn123", "AbCdEf", ""},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nmore\n-----END OPENSSH PRIVATE KEY-----\nafter", "b3Blb more", "after"},
		{"-----BEGIN PRIVATE KEY-----\ncut off here MIIEv", "MIIEv", ""},
		{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc lin@laptop", "AAAAC3 laptop", ""},
		{"SHA256:q1w2e3r4t5y6u7i8o9p0q1w2e3r4t5y6u7i8o9p0q1w", "q1w2e3", ""},
		{"mail lin.wei@example.edu.cn", "example.edu", "mail"},
		{"torch 2.1.0, yolov5n.yaml, mAP50 0.759, github.com", "", "torch 2.1.0 yolov5n.yaml 0.759 github.com"},
		{"models/yolov5n.yaml nc: 1 epoch 12/100", "", "models/yolov5n.yaml nc: 1 12/100"},
		{"key b7f3c2d1e0a99887766554433221100ffeeddccbb", "b7f3c2d1", "key"},
	} {
		got := c.Text(test.text)
		for _, gone := range strings.Fields(test.gone) {
			if strings.Contains(got, gone) {
				t.Errorf("%q is left of %q: %q", gone, test.text, got)
			}
		}
		for _, stays := range strings.Fields(test.stays) {
			if !strings.Contains(got, stays) {
				t.Errorf("%q is gone from %q: %q", stays, test.text, got)
			}
		}
	}
}
