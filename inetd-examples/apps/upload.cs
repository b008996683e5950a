#!/usr/bin/env dotnet
#:package Shims@*
// Takes files into a directory: upload.cs [DIRECTORY [MEGABYTES]]. A file goes to disk as it comes in, however large it is; nothing is
// ever overwritten. Let the web server ask for a password in front of it.
using Shims;

return Shim.Run(ref args, (request, response) =>
{
    response.Headers["X-Content-Type-Options"] = "nosniff";
    switch (request.Method)
    {
        case "POST":
            Take(request, response);
            break;
        case "GET" or "HEAD":
            Show(response);
            break;
        default:
            response.StatusCode = 405;
            response.Headers["Allow"] = "GET, HEAD, POST";
            break;
    }
}, new ShimOptions { MaxBodySize = 1L << 50 }); // The limit is an argument, and no argument is read before Run has looked at them.

void Take(CgiRequest request, CgiResponse response)
{
    string directory = Folder();
    if (request.ContentLength > (Megabytes() + 1) << 20)
        throw new BadRequestException(413, "the files are larger than the limit");
    int count = 0;
    foreach (FormPart part in request.ReadFormParts(new FormLimits { MaxFileSize = Megabytes() << 20 }))
    {
        if (part.FileName is not { Length: > 0 } name)
            continue;
        if (!IsPlain(name))
            throw new BadRequestException(400, "a file's name has other characters than letters, digits, dots, hyphens and underscores, or begins with a dot");
        Keep(part.Body, directory, name);
        count++;
    }
    if (count == 0)
        throw new BadRequestException(400, "no file was sent");
    response.Redirect(request.AppUrl(""));
}

// Under another name until all of it is there, so that no visitor finds half a file, and a new one never takes an old one's place.
void Keep(Stream content, string directory, string name)
{
    string partial = Path.Combine(directory, $".{Guid.NewGuid():N}.partial");
    try
    {
        using (FileStream file = new(partial, FileMode.CreateNew))
            content.CopyTo(file);
        string path = Path.Combine(directory, name);
        try
        {
            File.Move(partial, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new BadRequestException(409, "there is a file of that name already");
        }
    }
    finally
    {
        File.Delete(partial);
    }
}

void Show(CgiResponse response)
{
    IEnumerable<FileInfo> files = new DirectoryInfo(Folder()).EnumerateFiles().Where(file => IsPlain(file.Name))
        .OrderBy(file => file.Name, StringComparer.Ordinal);
    response.WriteHtml($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Upload</title></head>
        <body><h1>Upload</h1>
        <form method="post" enctype="multipart/form-data"><input type="file" name="file" multiple required> <button>Send</button>
        up to {Megabytes()} MiB each</form>
        <ul>
        {files.Select(file => Html.Format($"<li>{file.Name}, {file.Length} bytes</li>\n"))}
        </ul></body></html>

        """);
}

string Folder() => args is [var first, ..] ? first : Directory.CreateDirectory(Path.Combine(Shim.StateDirectory, "files")).FullName;

long Megabytes() => args is [_, var second, ..] && long.TryParse(second, out long number) ? number : 1024;

static bool IsPlain(string name) =>
    name.Length <= 200 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
