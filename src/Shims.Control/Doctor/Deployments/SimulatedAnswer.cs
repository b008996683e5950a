using Shims.Cgi;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Which script a request would run, and how its path would be divided.</summary>
internal sealed record SimulatedAnswer(Resolution Resolution, string Script, string ScriptName, string PathInfo);
