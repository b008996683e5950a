using Shims.Cgi;

namespace Shims.Control.Servers.Checking;

/// <summary>Which script a request would run, and how its path would be divided.</summary>
internal sealed record SimulatedAnswer(Resolution Resolution, string Script, string ScriptName, string PathInfo);
