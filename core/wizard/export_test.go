package wizard

// PollGPU is how often the old login is tried while a person restarts the
// instance.
var PollGPU = &pollGPU
