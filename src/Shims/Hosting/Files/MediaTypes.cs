namespace Shims.Hosting;

/// <summary>The media type of a file by the end of its name. Text is UTF-8.</summary>
internal static class MediaTypes
{
    internal static string Of(string path)
    {
        string type = TypeOf(path);
        return type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
    }

    private static string TypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".css" => "text/css",
        ".csv" => "text/csv",
        ".htm" or ".html" => "text/html",
        ".ics" => "text/calendar",
        ".js" or ".mjs" => "text/javascript",
        ".log" or ".txt" => "text/plain",
        ".md" => "text/markdown",
        ".vcf" => "text/vcard",
        ".xml" => "text/xml",
        ".avif" => "image/avif",
        ".gif" => "image/gif",
        ".ico" => "image/vnd.microsoft.icon",
        ".jpeg" or ".jpg" => "image/jpeg",
        ".png" => "image/png",
        ".svg" => "image/svg+xml",
        ".webp" => "image/webp",
        ".flac" => "audio/flac",
        ".m4a" => "audio/mp4",
        ".mp3" => "audio/mpeg",
        ".oga" or ".ogg" or ".opus" => "audio/ogg",
        ".wav" => "audio/wav",
        ".mp4" => "video/mp4",
        ".ogv" => "video/ogg",
        ".webm" => "video/webm",
        ".otf" => "font/otf",
        ".ttf" => "font/ttf",
        ".woff" => "font/woff",
        ".woff2" => "font/woff2",
        ".atom" => "application/atom+xml",
        ".docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".epub" => "application/epub+zip",
        ".gz" => "application/gzip",
        ".json" or ".map" => "application/json",
        ".odt" => "application/vnd.oasis.opendocument.text",
        ".ods" => "application/vnd.oasis.opendocument.spreadsheet",
        ".pdf" => "application/pdf",
        ".rss" => "application/rss+xml",
        ".tar" => "application/x-tar",
        ".wasm" => "application/wasm",
        ".webmanifest" => "application/manifest+json",
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".zip" => "application/zip",
        _ => "application/octet-stream",
    };
}
