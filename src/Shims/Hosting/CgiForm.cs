using System.Text;
using Shims.Hosting;

namespace Shims;

/// <summary>A form that has been read: fields in memory, files one after the other in a temporary file that has no name. RFC 7578; URL Standard section 5.1.</summary>
/// <example><code>
/// using CgiForm form = request.ReadForm(new FormLimits { MaxFileSize = 1 &lt;&lt; 20 });
/// response.Write($"{form["title"]}, {form.Files.Count} files\n");
/// </code></example>
public sealed class CgiForm : IDisposable
{
    private readonly FormFileStore? _store;

    private CgiForm(ValueCollection fields, List<FormFile> files, FormFileStore? store)
    {
        Fields = fields;
        Files = files;
        _store = store;
    }

    /// <summary>The fields that are no files.</summary>
    public ValueCollection Fields { get; }

    /// <summary>The files, in the order in which they came; those that were not chosen are not among them.</summary>
    public IReadOnlyList<FormFile> Files { get; }

    /// <summary>The first value of a field, or null if there is none.</summary>
    public string? this[string name] => Fields[name];

    /// <summary>Closes the files, which deletes them.</summary>
    public void Dispose() => _store?.Dispose();

    internal static CgiForm Read(RequestContent content, FormLimits limits)
    {
        if (MultipartForm.IsMultipart(content.Type))
            return ReadParts(content, limits);
        if (!content.BareType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw new BadRequestException(415, "the request's body is not a form");
        return new CgiForm(UrlEncodedValues.Read(content.ReadAll(limits.MaxFieldsSize, "the form"), limits.MaxFields), [], null);
    }

    private static CgiForm ReadParts(RequestContent content, FormLimits limits)
    {
        var fields = new List<KeyValuePair<string, string>>();
        var files = new List<FormFile>();
        var store = new FormFileStore();
        int room = limits.MaxFieldsSize;
        try
        {
            foreach (FormPart part in MultipartForm.Read(content, limits))
            {
                // Names are kept as well as values, and each of them is the client's.
                room = Take(room, part.Name, limits);
                if (part.FileName is null)
                {
                    string text = part.ReadText(room);
                    room = Take(room, text, limits);
                    fields.Add(new KeyValuePair<string, string>(part.Name, text));
                }
                else if (part.FileName.Length > 0)
                {
                    room = Take(Take(room, part.FileName, limits), part.ContentType ?? "", limits);
                    files.Add(new FormFile(part, store.Add(part.Body)));
                }
            }
        }
        catch
        {
            store.Dispose();
            throw;
        }
        return new CgiForm(new ValueCollection(fields), files, store);
    }

    /// <returns>Bytes that are left of <see cref="FormLimits.MaxFieldsSize"/>.</returns>
    private static int Take(int room, string text, FormLimits limits)
    {
        int left = room - Encoding.UTF8.GetByteCount(text);
        return left >= 0 ? left : throw new BadRequestException(413, $"the names and fields of the form are larger than {limits.MaxFieldsSize} bytes together");
    }
}
