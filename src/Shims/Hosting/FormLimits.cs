namespace Shims;

/// <summary>Limits of a form. Beyond them the client gets 413, unless the handler catches the <see cref="BadRequestException"/>.</summary>
/// <example><code>
/// using CgiForm form = request.ReadForm(new FormLimits { MaxFields = 20, MaxFileSize = 10 &lt;&lt; 20 });
/// </code></example>
public sealed class FormLimits
{
    internal const int DefaultMaxFields = 1024;

    /// <summary>Fields and files together. Default: 1024.</summary>
    public int MaxFields { get; init; } = DefaultMaxFields;

    /// <summary>Bytes of all fields together, which are kept in memory. Default: 4 MiB.</summary>
    public int MaxFieldsSize { get; init; } = 4 << 20;

    /// <summary>Bytes of one file. Default: 128 MiB.</summary>
    public long MaxFileSize { get; init; } = 128L << 20;
}
