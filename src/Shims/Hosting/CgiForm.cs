using Microsoft.Win32.SafeHandles;
using Shims.Hosting;
using Shims.Posix;

namespace Shims;

/// <summary>A form that has been read: fields in memory, files in temporary files that have no name. RFC 7578; URL Standard section 5.1.</summary>
public sealed class CgiForm : IDisposable
{
    private readonly List<Stream> _contents;

    private CgiForm(ValueCollection fields, List<FormFile> files, List<Stream> contents)
    {
        Fields = fields;
        Files = files;
        _contents = contents;
    }

    /// <summary>The fields that are no files.</summary>
    public ValueCollection Fields { get; }

    /// <summary>The files, in the order in which they came; those that were not chosen are not among them.</summary>
    public IReadOnlyList<FormFile> Files { get; }

    /// <summary>The first value of a field, or null if there is none.</summary>
    public string? this[string name] => Fields[name];

    /// <summary>Closes the files, which deletes them.</summary>
    public void Dispose()
    {
        foreach (Stream content in _contents)
            content.Dispose();
    }

    internal static CgiForm Read(CgiRequest request, FormLimits limits)
    {
        if (MultipartForm.IsMultipart(request.ContentType))
            return ReadParts(request, limits);
        string type = request.ContentType ?? "";
        int semicolon = type.IndexOf(';');
        if (!(semicolon < 0 ? type : type[..semicolon]).Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw new RequestException(415, "the request's body is no form");
        return new CgiForm(UrlEncodedValues.Read(ReadAll(request, limits.MaxFieldsSize), limits.MaxFields), [], []);
    }

    private static ReadOnlySpan<byte> ReadAll(CgiRequest request, int limit)
    {
        if (request.ContentLength > limit)
            throw new RequestException(413, $"the form is larger than {limit} bytes");
        using var all = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = request.Body.Read(buffer)) > 0)
        {
            if (all.Length + count > limit)
                throw new RequestException(413, $"the form is larger than {limit} bytes");
            all.Write(buffer.AsSpan(0, count));
        }
        return all.GetBuffer().AsSpan(0, (int)all.Length);
    }

    private static CgiForm ReadParts(CgiRequest request, FormLimits limits)
    {
        var fields = new List<KeyValuePair<string, string>>();
        var files = new List<FormFile>();
        var contents = new List<Stream>();
        int room = limits.MaxFieldsSize;
        try
        {
            foreach (FormPart part in MultipartForm.Read(request, limits))
            {
                if (part.FileName is null)
                {
                    string text = part.ReadText(room);
                    room -= Math.Min(room, text.Length);
                    fields.Add(new KeyValuePair<string, string>(part.Name, text));
                }
                else if (part.FileName.Length > 0)
                {
                    files.Add(new FormFile(part, Keep(part, contents)));
                }
            }
        }
        catch
        {
            contents.ForEach(static content => content.Dispose());
            throw;
        }
        return new CgiForm(new ValueCollection(fields), files, contents);
    }

    private static FileStream Keep(FormPart part, List<Stream> contents)
    {
        int file = TemporaryFile.Create();
        if (file < 0)
            throw new IOException("No temporary file can be made. Make room, or set TMPDIR to a directory with more.");
        var content = new FileStream(new SafeFileHandle(file, ownsHandle: true), FileAccess.ReadWrite);
        contents.Add(content);
        part.Body.CopyTo(content);
        return content;
    }
}
