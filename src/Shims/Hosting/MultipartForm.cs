using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Shims.Hosting;

/// <summary>Takes multipart forms apart with the library that ASP.NET Core uses. RFC 7578; RFC 2046 section 5.1.</summary>
internal static class MultipartForm
{
    /// <summary>RFC 2046 section 5.1.1.</summary>
    private const int MaxBoundaryLength = 70;

    internal static bool IsMultipart(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    internal static IEnumerable<FormPart> Read(RequestContent content, FormLimits limits)
    {
        var reader = new MultipartReader(BoundaryOf(content.Type), content.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 * 1024 };
        for (int count = 0; Next(reader) is { } section; count++)
        {
            if (count == limits.MaxFields)
                throw new BadRequestException(413, $"the form has more than {limits.MaxFields} parts");
            if (PartOf(section, limits) is { } part)
                yield return part;
        }
    }

    private static string BoundaryOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new BadRequestException(415, "the request's body is not a multipart form");
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundaryLength)
            throw new BadRequestException(400, "the multipart form has no boundary, or one that is too long");
        return boundary;
    }

    /// <summary>The body's stream never leaves a task unfinished here, so nothing waits in vain.</summary>
    private static MultipartSection? Next(MultipartReader reader)
    {
        try
        {
            return reader.ReadNextSectionAsync().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not RequestAbortedException)
        {
            throw new BadRequestException(400, "the multipart form is malformed");
        }
    }

    private static FormPart? PartOf(MultipartSection section, FormLimits limits)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
            return null;
        string name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        string? fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString()
            : disposition.FileName.HasValue ? HeaderUtilities.RemoveQuotes(disposition.FileName).ToString()
            : null;
        // Some browsers have sent whole paths, and not every client means well.
        if (fileName is not null)
            fileName = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        long limit = fileName is null ? limits.MaxFieldsSize : limits.MaxFileSize;
        return new FormPart(name, fileName, section.ContentType, new FormPartStream(section.Body, limit));
    }
}
