namespace Shims.Control.Client;

/// <summary>A variable or a header, for programs.</summary>
internal sealed record NameAndValue(string Name, string Value);
