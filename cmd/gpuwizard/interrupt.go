package main

import (
	"os"
	"sync"
)

// interrupts are the times that Ctrl-C is pressed. It ends the program, unless
// something that can be left out is under way: then it ends that alone.
type interrupts struct {
	mu   sync.Mutex
	skip func() // or nil
}

// serve calls end for each press that nothing less takes.
func (i *interrupts) serve(pressed <-chan os.Signal, end func()) {
	for range pressed {
		i.mu.Lock()
		skip := i.skip
		i.skip = nil
		i.mu.Unlock()
		if skip == nil {
			skip = end
		}
		skip()
	}
}

// take has the next press call skip alone, until what is returned is called.
func (i *interrupts) take(skip func()) (giveBack func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.skip = skip
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.skip = nil
	}
}
