using Shims.Hosting;

namespace Shims.Control.Serve.Views;

/// <summary>A body as the inspector's page shows it: decoded as far as its kind is known.</summary>
internal sealed record BodyView
{
    /// <summary>The largest number of characters of a text.</summary>
    internal const int MaxText = 256 * 1024;

    /// <summary>The largest number of fields of a form, and of values of a query.</summary>
    internal const int MaxFields = 1024;

    /// <summary>empty, text, json, form, multipart, picture or bytes.</summary>
    public required string Kind { get; init; }

    /// <summary>The length of the whole in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Whether all bytes are kept.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The text as it was received; null if it is not text.</summary>
    public string? Text { get; init; }

    /// <summary>JSON with indentation.</summary>
    public string? Indented { get; init; }

    /// <summary>Names and values of a form.</summary>
    public IReadOnlyList<string[]>? Fields { get; init; }

    /// <summary>The parts of a multipart body.</summary>
    public IReadOnlyList<PartView>? Parts { get; init; }

    /// <summary>A data: URL that shows the picture.</summary>
    public string? Picture { get; init; }

    /// <summary>The first bytes in hexadecimal; null for text.</summary>
    public string? Hex { get; init; }

    /// <summary>The reason why it could not be decoded; null if there is none.</summary>
    public string? Note { get; init; }

    /// <summary>Decodes a body.</summary>
    /// <param name="bytes">The bytes that are kept.</param>
    /// <param name="length">The length of the whole.</param>
    /// <param name="contentType">The header; null for none.</param>
    /// <param name="isPart">Whether it is a part of a multipart body, which is not taken apart again.</param>
    internal static BodyView Of(byte[] bytes, long length, string? contentType, bool isPart = false)
    {
        bool isWhole = bytes.Length == length;
        if (bytes.Length == 0)
            return new BodyView { Kind = "empty", Length = length, IsWhole = isWhole };
        var type = MediaType.Of(contentType);
        string? text = BodyText.Of(bytes, isWhole, type.Charset);
        var plain = new BodyView
        {
            Kind = text is null ? "bytes" : "text",
            Length = length,
            IsWhole = isWhole,
            Text = text is { Length: > MaxText } ? text[..MaxText] : text,
            Hex = text is null ? HexDump.Of(bytes) : null,
        };
        if (type.IsMultipart && !isPart)
            return WithParts(plain, bytes, type.Boundary!);
        if (isWhole && Views.Picture.ToUrl(bytes, type) is { } url)
            return plain with { Kind = "picture", Picture = url };
        if (text is not null && type.IsForm)
            return WithFields(plain, bytes);
        return text is not null && (type.IsJson || LooksLikeJson(bytes, type)) ? WithJson(plain, bytes, type.IsJson) : plain;
    }

    private static BodyView WithParts(BodyView plain, byte[] bytes, string boundary)
    {
        IReadOnlyList<PartView> parts = MultipartView.Read(bytes, boundary, out string? fault);
        string? note = fault is null || plain.IsWhole ? fault : $"the rest was not kept: {fault}";
        return parts.Count == 0 ? plain with { Note = note } : plain with { Kind = "multipart", Parts = parts, Note = note };
    }

    private static BodyView WithFields(BodyView plain, byte[] bytes)
    {
        try
        {
            ValueCollection fields = UrlEncodedValues.Read(bytes, MaxFields);
            return plain with { Kind = "form", Fields = [.. fields.Select(pair => new[] { pair.Key, pair.Value })] };
        }
        catch (BadRequestException exception)
        {
            return plain with { Note = exception.Message };
        }
    }

    private static BodyView WithJson(BodyView plain, byte[] bytes, bool isSaid)
    {
        if (!plain.IsWhole)
            return plain;
        string? indented = JsonView.Indent(bytes, out string? fault);
        return indented is null ? plain with { Note = isSaid ? fault : null }
            : plain with { Kind = "json", Indented = indented.Length > MaxText ? indented[..MaxText] : indented };
    }

    /// <summary>Whether a body without a type that says otherwise may be JSON.</summary>
    private static bool LooksLikeJson(ReadOnlySpan<byte> bytes, MediaType type) =>
        type.Name is "" or "text/plain" && bytes.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
}
