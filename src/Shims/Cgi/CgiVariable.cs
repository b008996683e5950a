namespace Shims.Cgi;

/// <summary>One variable of a request, as bytes.</summary>
internal readonly ref struct CgiVariable(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    internal ReadOnlySpan<byte> Name { get; } = name;

    internal ReadOnlySpan<byte> Value { get; } = value;
}
