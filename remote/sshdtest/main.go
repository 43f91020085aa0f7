package sshdtest

import (
	"flag"
	"os"
	"testing"
)

// atOnce is how many tests run side by side, unless the command line says: most
// of what they do is waiting for a server, whatever processors there are.
const atOnce = "4"

// Main is a TestMain for a package whose tests start servers.
func Main(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		if err := flag.Set("test.parallel", atOnce); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
