namespace Shims.Control.Doctor;

/// <summary>A request as it was recorded.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Variables">Names and values, in order.</param>
/// <param name="Body">As much of it as was kept.</param>
internal sealed record RecordedRequest(string Method, IReadOnlyList<(string Name, string? Value)> Variables, byte[] Body);
