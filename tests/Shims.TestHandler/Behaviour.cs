using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Shims.TestHandler;

/// <summary>What the handler does: each <c>do</c> of the query in turn.</summary>
internal static class Behaviour
{
    internal static void Handle(CgiRequest request, CgiResponse response)
    {
        foreach (string action in request.Query.GetAll("do"))
        {
            string[] words = action.Split(' ', 2);
            Do(words[0], words.Length > 1 ? words[1] : "", request, response);
        }
    }

    internal static async Task HandleAsync(CgiRequest request, CgiResponse response)
    {
        using var body = new MemoryStream();
        await Task.Yield();
        await request.Body.CopyToAsync(body, request.Aborted);
        await Task.Yield();
        response.ContentType = "application/octet-stream";
        await response.Body.WriteAsync(body.ToArray(), request.Aborted);
    }

    internal static void Authorize(CgiRequest request, CgiAuthorization authorization)
    {
        switch (request.Query["user"])
        {
            case { Length: > 0 } user:
                authorization.Allow("REMOTE_USER", user);
                break;
            case "":
                authorization.Response.StatusCode = 401;
                authorization.Response.Write("who are you?\n");
                break;
        }
    }

    private static void Measure(string action, CgiRequest request, CgiResponse response)
    {
        switch (action)
        {
            case "descriptors":
                using (CgiForm form = request.ReadForm())
                    response.Write($"{form.Files.Count} files, {Directory.GetFiles("/proc/self/fd").Length} descriptors\n");
                break;
            case "litter":
                // As a page made of many strings does.
                for (int i = 0; i < 200; i++)
                    response.Write($"{i}: {new string('x', 100)}\n");
                break;
            default:
                (string file, string line) = action == "kept" ? ("smaps_rollup", "Private_Dirty:") : ("status", "VmHWM:");
                response.Write(Array.Find(File.ReadAllLines("/proc/self/" + file), next => next.StartsWith(line, StringComparison.Ordinal)) + "\n");
                break;
        }
    }

    private static void Do(string action, string argument, CgiRequest request, CgiResponse response)
    {
        switch (action)
        {
            case "write":
                response.Write(argument);
                break;
            case "fill":
                Fill(response, long.Parse(argument));
                break;
            case "flush":
                response.Flush();
                break;
            case "status":
                response.StatusCode = int.Parse(argument);
                break;
            case "header":
                response.Headers.Add(argument.Split('=')[0], argument.Split('=', 2)[1]);
                break;
            case "redirect":
                response.Redirect(argument);
                break;
            case "cookie":
                response.Cookies.Add(argument.Split('=')[0], argument.Split('=')[1]);
                break;
            case "echo":
                response.ContentType = request.ContentType;
                request.Body.CopyTo(response.Body);
                break;
            case "md5":
                response.Write(Convert.ToHexStringLower(MD5.HashData(request.Body)) + "\n");
                break;
            case "descriptors" or "kept" or "litter" or "peak":
                Measure(action, request, response);
                break;
            case "request":
                Describe(request, response);
                break;
            case "form":
                DescribeForm(request, response);
                break;
            case "parts":
                foreach (FormPart part in request.ReadFormParts())
                    response.Write($"{part.Name}|{part.FileName}|{part.ContentType}|{Convert.ToHexStringLower(MD5.HashData(part.Body))}\n");
                break;
            case "throw":
                throw new InvalidOperationException(argument);
            case "refuse":
                throw new BadRequestException(int.Parse(argument), "the test wants it");
            case "out":
                Console.Out.WriteLine(argument);
                break;
            case "error":
                Console.Error.WriteLine(argument);
                break;
            case "child" or "exit":
                int exitCode = Run(argument);
                if (action == "exit")
                    response.Write($"{exitCode}");
                break;
            case "mark":
                File.WriteAllText(argument, $"{Environment.ProcessId}\n");
                break;
            case "wait":
                // For a file, which the test makes.
                SpinWait.SpinUntil(() => File.Exists(argument));
                break;
            case "aborted":
                request.Aborted.WaitHandle.WaitOne();
                File.WriteAllText(argument, "aborted\n");
                break;
            case "pid":
                response.Write($"{Environment.ProcessId}\n");
                break;
            case "threads":
                response.Write($"{Process.GetCurrentProcess().Threads.Count}\n");
                break;
            default:
                throw new ArgumentException($"there is no {action}", nameof(action));
        }
    }

    private static int Run(string command)
    {
        using Process child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]))!;
        child.WaitForExit();
        return child.ExitCode;
    }

    private static void Fill(CgiResponse response, long count)
    {
        byte[] part = Encoding.ASCII.GetBytes(new string('x', 1000));
        for (; count > 0; count -= part.Length)
            response.Write(part.AsSpan(0, (int)Math.Min(count, part.Length)));
    }

    private static void Describe(CgiRequest request, CgiResponse response)
    {
        response.Write(
            $"""
            Method={request.Method}
            Scheme={request.Scheme}
            Host={request.Host}
            ScriptName={request.ScriptName}
            PathInfo={request.PathInfo}
            QueryString={request.QueryString}
            ContentType={request.ContentType}
            ContentLength={request.ContentLength}
            RemoteAddress={request.RemoteAddress}
            RemoteUser={request.RemoteUser}

            """);
        foreach ((string name, string value) in request.Headers)
            response.Write($"Header {name}={value}\n");
        foreach ((string name, string value) in request.Cookies)
            response.Write($"Cookie {name}={value}\n");
        foreach ((string name, string value) in request.Query)
            response.Write($"Query {name}={value}\n");
        foreach ((string name, string value) in request.Variables)
            response.Write($"Variable {name}={value}\n");
    }

    private static void DescribeForm(CgiRequest request, CgiResponse response)
    {
        using CgiForm form = request.ReadForm(new FormLimits { MaxFileSize = 1 << 20, MaxFieldsSize = 64 * 1024 });
        foreach ((string name, string value) in form.Fields)
            response.Write($"{name}={value}\n");
        foreach (FormFile file in form.Files)
            response.Write($"{file.Name}|{file.FileName}|{file.ContentType}|{file.Length}|{Convert.ToHexStringLower(MD5.HashData(file.OpenRead()))}\n");
    }
}
