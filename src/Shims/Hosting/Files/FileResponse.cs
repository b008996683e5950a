using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Shims.Hosting;

/// <summary>Responds with a file: all of it, a part of it, or nothing if the browser has it already. RFC 9110 sections 13 and 14.</summary>
internal static class FileResponse
{
    internal static void Send(CgiRequest request, CgiResponse response, SentFile file, string contentType)
    {
        response.Headers["X-Content-Type-Options"] ??= "nosniff";
        if (response.StatusCode != 200 || request.Method is not ("GET" or "HEAD"))
        {
            Write(request, response, file, contentType, 0, file.Length);
            return;
        }
        response.Headers["ETag"] = file.Tag.ToString();
        response.Headers["Last-Modified"] = HeaderUtilities.FormatDate(file.Modified);
        response.Headers["Accept-Ranges"] = "bytes";
        if (Precondition(request.Headers, file) is { } status)
        {
            response.StatusCode = status;
            return;
        }
        (long start, long length) = (0, file.Length);
        if (request.Method == "GET" && IsRangeValid(request.Headers["If-Range"], file)
            && TryReadRange(request.Headers["Range"], file.Length, out start, out length))
        {
            response.StatusCode = length > 0 ? 206 : 416;
            string part = length > 0 ? $"{start}-{start + length - 1}" : "*";
            response.Headers["Content-Range"] = $"bytes {part}/{file.Length}";
            if (length == 0)
                return;
        }
        Write(request, response, file, contentType, start, length);
    }

    /// <summary>The header Content-Disposition of a file that is to be saved. RFC 6266 section 4.</summary>
    internal static string Disposition(string name)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        return disposition.ToString();
    }

    private static void Write(CgiRequest request, CgiResponse response, SentFile file, string contentType, long start, long length)
    {
        response.ContentType ??= contentType;
        response.Headers["Content-Length"] = length.ToString(CultureInfo.InvariantCulture);
        if (request.Method == "HEAD")
            return;
        var buffer = new byte[(int)Math.Min(length, 64 * 1024)];
        for (long end = start + length; start < end;)
        {
            int count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - start)), start);
            response.Write(buffer.AsSpan(0, count));
            start += count;
        }
    }

    /// <summary>RFC 9110 section 13.2.2.</summary>
    /// <returns>412, 304, or null if the file is to be sent.</returns>
    private static int? Precondition(RequestHeaderCollection headers, SentFile file)
    {
        bool isOther = headers["If-Match"] is { } match
            ? !IsAmong(match, file.Tag, isStrong: true)
            : Date(headers["If-Unmodified-Since"]) is { } before && file.Modified > before;
        if (isOther)
            return 412;
        bool isKnown = headers["If-None-Match"] is { } known
            ? IsAmong(known, file.Tag, isStrong: false)
            : Date(headers["If-Modified-Since"]) is { } since && file.Modified <= since;
        return isKnown ? 304 : null;
    }

    private static bool IsAmong(string header, EntityTagHeaderValue tag, bool isStrong)
    {
        if (header.Trim() == "*")
            return true;
        if (!EntityTagHeaderValue.TryParseList([header], out IList<EntityTagHeaderValue>? tags))
            return false;
        foreach (EntityTagHeaderValue each in tags)
        {
            if (each.Compare(tag, isStrong))
                return true;
        }
        return false;
    }

    /// <summary>RFC 9110 section 13.1.5: a part is asked for of the file as it was.</summary>
    private static bool IsRangeValid(string? condition, SentFile file) =>
        condition is null || (EntityTagHeaderValue.TryParse(condition, out EntityTagHeaderValue? tag)
            ? tag.Compare(file.Tag, useStrongComparison: true)
            : Date(condition) == file.Modified);

    /// <summary>Reads a single range. Several at once, and what is malformed, get all of the file, as section 14.2 allows.</summary>
    /// <param name="header">The header Range.</param>
    /// <param name="size">Bytes of the file.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">The number of bytes; 0 if the range is not in the file.</param>
    private static bool TryReadRange(string? header, long size, out long start, out long length)
    {
        (start, length) = (0, size);
        if (!RangeHeaderValue.TryParse(header, out RangeHeaderValue? range) || range.Ranges.Count != 1
            || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        foreach (RangeItemHeaderValue item in range.Ranges)
        {
            start = item.From ?? Math.Max(0, size - item.To!.Value);
            long end = item.From is null ? size : Math.Min(size, item.To is { } last and < long.MaxValue ? last + 1 : size);
            length = Math.Max(0, end - start);
        }
        return true;
    }

    private static DateTimeOffset? Date(string? header) => HeaderUtilities.TryParseDate(header, out DateTimeOffset date) ? date : null;
}
