namespace Shims.Control.Serve.Views;

/// <summary>One part of a multipart body. RFC 7578 section 4.</summary>
/// <param name="Name">The name of the form's field; empty if it has none.</param>
/// <param name="FileName">The name of the file, as the client sent it; null for a field.</param>
/// <param name="ContentType">The Content-Type of the part; null if it has none.</param>
/// <param name="Body">The content.</param>
internal sealed record PartView(string Name, string? FileName, string? ContentType, BodyView Body);
