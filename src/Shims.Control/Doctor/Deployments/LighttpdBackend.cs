using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>One of the backends of <c>fastcgi.server</c> or <c>scgi.server</c>.</summary>
/// <param name="Word">fastcgi or scgi.</param>
/// <param name="Key">The path that it answers for, or the suffix.</param>
/// <param name="Place">Where the key stands.</param>
/// <param name="Settings">What is in its brackets.</param>
/// <param name="Conditions">What the setting stands in.</param>
internal sealed record LighttpdBackend(string Word, string Key, Place Place, LighttpdValue Settings, IReadOnlyList<string> Conditions);
