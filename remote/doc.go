// Package remote reaches an instance over SSH: it logs in, checks host keys,
// notices a dead link and connects anew, and implements instance.Instance.
//
// How a script is run is in remote/shell, files in remote/transfer, detached
// jobs in remote/job; the scripts themselves in assets/instance. What a login
// line means is package core/rental's; sentences for people are in tui/text.
package remote
