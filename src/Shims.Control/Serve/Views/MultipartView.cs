using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Shims.Control.Serve.Views;

/// <summary>Takes multipart bodies apart. RFC 2046 section 5.1; RFC 7578.</summary>
internal static class MultipartView
{
    /// <summary>The number of parts that are shown.</summary>
    private const int MaxParts = 256;

    /// <summary>Headers of a part that are read.</summary>
    private const int MaxHeaders = 16, MaxHeadersLength = 16 * 1024;

    /// <summary>Reads the parts.</summary>
    /// <param name="body">The bytes that are kept.</param>
    /// <param name="boundary">The boundary of Content-Type.</param>
    /// <param name="fault">The reason why reading ended before the last boundary; null if it did not.</param>
    internal static IReadOnlyList<PartView> Read(byte[] body, string boundary, out string? fault)
    {
        var parts = new List<PartView>();
        fault = null;
        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(body, writable: false))
            {
                HeadersCountLimit = MaxHeaders,
                HeadersLengthLimit = MaxHeadersLength,
            };
            while (parts.Count < MaxParts && Next(reader) is { } section)
                parts.Add(PartOf(section));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException)
        {
            fault = $"invalid multipart body after {parts.Count} {(parts.Count == 1 ? "part" : "parts")}: {exception.Message.TrimEnd('.')}";
        }
        return parts;
    }

    /// <summary>The body is in memory, so no task is left unfinished.</summary>
    private static MultipartSection? Next(MultipartReader reader) => reader.ReadNextSectionAsync().GetAwaiter().GetResult();

    private static PartView PartOf(MultipartSection section)
    {
        using var content = new MemoryStream();
        section.Body.CopyTo(content);
        _ = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition);
        string name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString();
        string? file = disposition is { FileNameStar.HasValue: true } ? disposition.FileNameStar.ToString()
            : disposition is { FileName.HasValue: true } ? HeaderUtilities.RemoveQuotes(disposition.FileName).ToString()
            : null;
        byte[] bytes = content.ToArray();
        return new PartView(name, file, section.ContentType, BodyView.Of(bytes, bytes.Length, section.ContentType, isPart: true));
    }
}
