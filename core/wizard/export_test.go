package wizard

import "gpuwizard/core/rental"

// PollGPU is how often the old login is tried while a person restarts the
// instance.
var PollGPU = &pollGPU

// Workload is what the forecast of a project's training is made from.
func (p *Project) Workload() (rental.Workload, bool) { return p.workload(p.effective()) }
