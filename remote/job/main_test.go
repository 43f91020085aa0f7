package job_test

import (
	"testing"

	"gpuwizard/remote/sshdtest"
)

func TestMain(m *testing.M) { sshdtest.Main(m) }
