// Package settings says what an administrator decides about a channel: who it is, what it may send and
// spend, which files it takes, by which words people stop marketing, and how long what it holds is kept.
//
// [Settings] are plain data without a secret. A host begins with some in a channel.Channel and changes
// them with Hub.UpdateSettings; they live in the store and reach every process. [Settings.Validate]
// returns every problem at once, each an [*Error] with the field it is about, so that a form can show it
// there. The functions here are safe for concurrent use; they read nothing but their arguments, and a
// time zone.
package settings
