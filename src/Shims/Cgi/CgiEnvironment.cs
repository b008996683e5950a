using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Makes the environment of a script: the one that every web server should have given it. Allocates and throws nothing.</summary>
/// <remarks>RFC 3875 section 4.1. The order of the rules below is the order of precedence: a variable that stands is not written again.</remarks>
internal static unsafe class CgiEnvironment
{
    /// <summary>What a script finds programs by if the super-server has no PATH (openbsd-inetd has none).</summary>
    internal static ReadOnlySpan<byte> DefaultPath => "/usr/local/bin:/usr/bin:/bin"u8;

    /// <summary>Writes the environment.</summary>
    /// <param name="writer">Where to; look at <see cref="EnvironmentWriter.IsFull"/> afterwards.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="script">What was resolved from them.</param>
    /// <param name="bodyLength">Bytes of body that the script will find on its standard input.</param>
    /// <param name="policy">What the command line says.</param>
    internal static void Write(ref EnvironmentWriter writer, CgiVariables request, scoped in ScriptLocation script, long bodyLength, in EnvironmentPolicy policy)
    {
        AddSettings(ref writer, policy);
        AddResolved(ref writer, request, script, policy);
        AddContentLength(ref writer, request, bodyLength, policy);
        AddRequest(ref writer, request, policy);
        AddRequired(ref writer, request, policy);
        AddInherited(ref writer, policy);
    }

    private static void AddSettings(ref EnvironmentWriter writer, in EnvironmentPolicy policy)
    {
        if (policy.Set is null)
            return;
        foreach (byte[] setting in policy.Set)
        {
            writer.Append(setting);
            writer.End();
        }
    }

    /// <summary>The four variables that tell the script where it is, which web servers get wrong in as many ways as there are.</summary>
    private static void AddResolved(ref EnvironmentWriter writer, CgiVariables request, scoped in ScriptLocation script, in EnvironmentPolicy policy)
    {
        Add(ref writer, "SCRIPT_FILENAME"u8, script.Path, policy);
        Add(ref writer, "SCRIPT_NAME"u8, script.ScriptName, policy);
        if (script.PathInfo.IsEmpty)
            return;
        Add(ref writer, "PATH_INFO"u8, script.PathInfo, policy);
        ReadOnlySpan<byte> root = request.Get("DOCUMENT_ROOT"u8);
        if (root.IsEmpty || policy.Sets("PATH_TRANSLATED"u8))
            return;
        writer.Begin("PATH_TRANSLATED"u8);
        writer.Append(root.TrimEnd((byte)'/'));
        writer.Append(script.PathInfo);
        writer.End();
    }

    /// <summary>
    /// CONTENT_LENGTH if and only if there is a body (RFC 3875 section 4.1.2), and for the methods that are about a body even if it is empty:
    /// a script that finds no length may wait for an end of input.
    /// </summary>
    private static void AddContentLength(ref EnvironmentWriter writer, CgiVariables request, long bodyLength, in EnvironmentPolicy policy)
    {
        ReadOnlySpan<byte> method = request.Get("REQUEST_METHOD"u8);
        bool expectsBody = method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);
        if (bodyLength == 0 && !expectsBody)
            return;
        Span<byte> digits = stackalloc byte[20];
        Add(ref writer, "CONTENT_LENGTH"u8, DecimalDigits.Format(bodyLength, digits), policy);
    }

    private static void AddRequest(ref EnvironmentWriter writer, CgiVariables request, in EnvironmentPolicy policy)
    {
        CgiVariables.Enumerator variables = request.GetEnumerator();
        while (variables.MoveNext())
        {
            CgiVariable variable = variables.Current;
            if (IsResolved(variable.Name) || !policy.Admits(variable.Name) || policy.Sets(variable.Name) || writer.Contains(variable.Name))
                continue;
            ReadOnlySpan<byte> value = ValueOf(variable, request);
            if (value.IsEmpty && RequestNames.IsAbsentWhenEmpty(variable.Name))
                continue;
            writer.Begin(variable.Name);
            writer.Append(value);
            if (variable.Name.StartsWith("HTTP_"u8))
                AppendRepetitions(ref writer, variable.Name, new CgiVariables(variables.Rest));
            writer.End();
        }
    }

    /// <summary>A header that came twice (nginx before 1.23, HAProxy) is one header with a list. RFC 3875 section 4.1.18; RFC 6265 section 5.4 for Cookie.</summary>
    private static void AppendRepetitions(ref EnvironmentWriter writer, ReadOnlySpan<byte> name, CgiVariables later)
    {
        foreach (CgiVariable variable in later)
        {
            if (!variable.Name.SequenceEqual(name))
                continue;
            writer.Append(name.SequenceEqual("HTTP_COOKIE"u8) ? "; "u8 : ", "u8);
            writer.Append(variable.Value);
        }
    }

    /// <summary>A header's first value, which its repetitions are appended to; of anything else the last one that came.</summary>
    private static ReadOnlySpan<byte> ValueOf(CgiVariable variable, CgiVariables request)
    {
        if (variable.Name.StartsWith("HTTP_"u8))
            return variable.Value;
        ReadOnlySpan<byte> value = request.Get(variable.Name);
        // HAProxy 2.6 sends SERVER_NAME=host:port; an IPv6 address keeps its brackets and colons.
        if (variable.Name.SequenceEqual("SERVER_NAME"u8))
            return HostAndPort.HostOf(value);
        if (variable.Name.SequenceEqual("QUERY_STRING"u8))
            return RequestedQuery.Of(request, value);
        return value;
    }

    /// <summary>What RFC 3875 requires (section numbers behind each), or programs rely on, and some web server leaves out.</summary>
    private static void AddRequired(ref EnvironmentWriter writer, CgiVariables request, in EnvironmentPolicy policy)
    {
        ReadOnlySpan<byte> host = request.Get("HTTP_HOST"u8);
        ReadOnlySpan<byte> port = HostAndPort.PortOf(host);
        AddMissing(ref writer, "GATEWAY_INTERFACE"u8, "CGI/1.1"u8, policy); // 4.1.4; absent from mod_proxy_scgi, h2o and nginx's scgi_params
        AddMissing(ref writer, "QUERY_STRING"u8, default, policy); // 4.1.7; HAProxy 2.6 leaves an empty one out
        AddMissing(ref writer, "REMOTE_ADDR"u8, "0.0.0.0"u8, policy); // 4.1.8; not 127.0.0.1, which scripts trust
        AddMissing(ref writer, "REQUEST_METHOD"u8, "GET"u8, policy); // 4.1.12
        ReadOnlySpan<byte> name = HostAndPort.HostOf(host);
        AddMissing(ref writer, "SERVER_NAME"u8, name.IsEmpty ? "localhost"u8 : name, policy); // 4.1.14
        AddMissing(ref writer, "SERVER_PORT"u8, port.IsEmpty ? "80"u8 : port, policy); // 4.1.15
        AddMissing(ref writer, "SERVER_PROTOCOL"u8, "HTTP/1.1"u8, policy); // 4.1.16
        AddMissing(ref writer, "SERVER_SOFTWARE"u8, "Shims"u8, policy); // 4.1.17
        // php-cgi refuses to run without it; from nginx's fastcgi_params and lighttpd only.
        AddMissing(ref writer, "REDIRECT_STATUS"u8, "200"u8, policy);
        // Absent from HAProxy 2.6 and h2o 2.2, which say HTTPS=on where it is.
        bool isEncrypted = request.Get("HTTPS"u8) is { IsEmpty: false } https && !https.SequenceEqual("off"u8);
        AddMissing(ref writer, "REQUEST_SCHEME"u8, isEncrypted ? "https"u8 : "http"u8, policy);
    }

    /// <summary>From the super-server only what says where and in which language the machine is.</summary>
    private static void AddInherited(ref EnvironmentWriter writer, in EnvironmentPolicy policy)
    {
        byte* path = Libc.EnvironmentVariable("PATH\0"u8);
        AddMissing(ref writer, "PATH"u8, path == null || *path == 0 ? DefaultPath : new ReadOnlySpan<byte>(path, Libc.LengthOf(path)), policy);
        AddFromSuperServer(ref writer, "TZ\0"u8, policy);
        AddFromSuperServer(ref writer, "TMPDIR\0"u8, policy);
        AddFromSuperServer(ref writer, "LANG\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_ALL\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_CTYPE\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_COLLATE\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_MESSAGES\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_MONETARY\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_NUMERIC\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_TIME\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_PAPER\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_NAME\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_ADDRESS\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_TELEPHONE\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_MEASUREMENT\0"u8, policy);
        AddFromSuperServer(ref writer, "LC_IDENTIFICATION\0"u8, policy);
        if (policy.Pass is null)
            return;
        foreach (byte[] name in policy.Pass)
            AddFromSuperServer(ref writer, name, policy);
    }

    private static void AddFromSuperServer(ref EnvironmentWriter writer, ReadOnlySpan<byte> nulTerminatedName, in EnvironmentPolicy policy)
    {
        byte* value = Libc.EnvironmentVariable(nulTerminatedName);
        if (value != null)
            AddMissing(ref writer, nulTerminatedName[..^1], new ReadOnlySpan<byte>(value, Libc.LengthOf(value)), policy);
    }

    private static void AddMissing(ref EnvironmentWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in EnvironmentPolicy policy)
    {
        if (!writer.Contains(name))
            Add(ref writer, name, value, policy);
    }

    private static void Add(ref EnvironmentWriter writer, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, in EnvironmentPolicy policy)
    {
        if (!policy.Sets(name))
            writer.Add(name, value);
    }

    private static bool IsResolved(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("SCRIPT_FILENAME"u8) || name.SequenceEqual("SCRIPT_NAME"u8) || name.SequenceEqual("PATH_INFO"u8) ||
        name.SequenceEqual("PATH_TRANSLATED"u8) || name.SequenceEqual("CONTENT_LENGTH"u8);
}
