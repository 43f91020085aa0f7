// Package rental knows the platforms that rent out GPUs: what their login
// lines look like, which regions and disks they have, what a GPU was seen to
// cost, and how far a budget lasts.
//
// What it knows of platforms is data in assets/platforms.yaml, dated and with
// its source; nothing here asks a platform anything or opens a connection.
// Passwords pass through Login only: no error, String or encoding of this
// package holds one.
package rental

import "gpuwizard/core/problem"

// Codes of the problems that this package returns. Those of a login never
// quote the text that was pasted: it may hold a password in any place.
const (
	LoginEmpty       problem.Code = "login-empty"        // nothing was pasted
	LoginTooLong     problem.Code = "login-too-long"     // max (bytes)
	LoginUnclear     problem.Code = "login-unclear"      // no ssh command and no user@host in the text
	LoginIsWeb       problem.Code = "login-is-web"       // host: the address of a web page (JupyterLab, the panel), not the SSH login
	LoginBadHost     problem.Code = "login-bad-host"     // the host is no name and no address
	LoginBadUser     problem.Code = "login-bad-user"     // the user name cannot be one
	LoginBadPort     problem.Code = "login-bad-port"     // the port is no number from 1 to 65535
	LoginNoPort      problem.Code = "login-no-port"      // platform, host: every instance of the platform has a port of its own, and the login names none
	LoginBadPassword problem.Code = "login-bad-password" // max: the password is too long or holds control characters
	LoginBadOption   problem.Code = "login-bad-option"   // option: unknown to ssh, or its value is missing
	LoginJump        problem.Code = "login-jump"         // option: the login connects by another program, which is not supported
	MoneyBad         problem.Code = "money-bad"          // got, max: not an amount of money
	CurrencyBad      problem.Code = "currency-bad"       // got: not three capital letters
	CurrencyMixed    problem.Code = "currency-mixed"     // want, got
	PlatformsBroken  problem.Code = "platforms-broken"   // path (of the user's own file), line, what: the platform data make no sense
	PlatformsUnread  problem.Code = "platforms-unread"   // path: the user's own file cannot be read
	PanelCannot      problem.Code = "panel-cannot"       // platform, what (balance, stock, state, power-on, power-off): not offered to programs
	PanelRefused     problem.Code = "panel-refused"      // platform, what, status, detail: the platform's own words, if any
	PanelToken       problem.Code = "panel-token"        // platform, variable: the developer token is not accepted
	PanelRealName    problem.Code = "panel-real-name"    // platform: the account's owner has to be verified first
	PanelNoStock     problem.Code = "panel-no-stock"     // platform: no such GPU is free
	PanelNotYours    problem.Code = "panel-not-yours"    // platform, instance: unknown, or not reached by the token
	PanelSilent      problem.Code = "panel-silent"       // platform: no answer in time, or no connection
	PanelUnclear     problem.Code = "panel-unclear"      // platform, what: an answer that this program does not understand
)
