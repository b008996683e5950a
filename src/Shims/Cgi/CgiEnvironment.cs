using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Buffers;

namespace Shims.Cgi;

/// <summary>Makes the environment of a script: the one that every web server should have given it. Allocates and throws nothing.</summary>
/// <remarks>RFC 3875 section 4.1. The order of the rules below is the order of precedence, but for what the request lacks: a variable that stands is not written again.</remarks>
internal static class CgiEnvironment
{
    /// <summary>Writes the environment.</summary>
    /// <param name="writer">Where to; look at <see cref="EnvironmentWriter.IsFull"/> afterwards.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="script">The script that they led to.</param>
    /// <param name="bodyLength">Bytes of body that the script will find on its standard input.</param>
    /// <param name="policy">The options.</param>
    /// <returns>True if a variable was held back that an administrator may miss; see <see cref="HeldBackNames"/>.</returns>
    internal static bool Write(ref EnvironmentWriter writer, scoped in VariableTable request, scoped in ScriptLocation script, long bodyLength, in EnvironmentPolicy policy)
    {
        AddSettings(ref writer, policy);
        bool isOfPhp = !script.PathInfo.IsEmpty && IsOfPhp(script);
        AddResolved(ref writer, request, script, isOfPhp, policy);
        AddContentLength(ref writer, request, bodyLength, policy);
        bool isComplete = AddRequest(ref writer, request, isOfPhp, policy);
        AddRequired(ref writer, request, policy);
        AddInherited(ref writer, request, policy);
        return !isComplete;
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
    /// <param name="isOfPhp">See <see cref="IsOfPhp"/>.</param>
    private static void AddResolved(ref EnvironmentWriter writer, scoped in VariableTable request, scoped in ScriptLocation script, bool isOfPhp, in EnvironmentPolicy policy)
    {
        Add(ref writer, "SCRIPT_FILENAME"u8, script.Path, policy);
        Add(ref writer, "SCRIPT_NAME"u8, script.ScriptName, policy);
        if (script.PathInfo.IsEmpty)
            return;
        Add(ref writer, "PATH_INFO"u8, script.PathInfo, policy);
        ReadOnlySpan<byte> root = request[CgiName.DocumentRoot];
        if (root.IsEmpty || isOfPhp || policy.Sets("PATH_TRANSLATED"u8))
            return;
        writer.Begin("PATH_TRANSLATED"u8);
        writer.Append(root.TrimEnd((byte)'/'));
        writer.Append(script.PathInfo);
        writer.End();
    }

    /// <summary>True if php-cgi may run the script, which takes PATH_TRANSLATED for the script where it finds REDIRECT_URL, or cgi.fix_pathinfo=0
    /// in its configuration: any file of the site would be a program, also an upload, by what a visitor writes after the script's
    /// URL.</summary>
    /// <remarks>PATH_TRANSLATED is the server's to make or not. RFC 3875 section 4.1.6. An interpreter with another name may start php-cgi.</remarks>
    [SkipLocalsInit]
    private static unsafe bool IsOfPhp(scoped in ScriptLocation script)
    {
        if (script.IsInterpreted || InterpreterNames.IsPhp(script.File))
            return true;
        Span<byte> line = stackalloc byte[256];
        return !script.File.IsEmpty && FirstLine.Read((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(script.File)), line).IndexOf("php"u8) >= 0;
    }

    /// <summary>
    /// CONTENT_LENGTH if and only if there is a body (RFC 3875 section 4.1.2), and for the methods that are about a body even if it is empty:
    /// a script that finds no length may wait for an end of input.
    /// </summary>
    private static void AddContentLength(ref EnvironmentWriter writer, scoped in VariableTable request, long bodyLength, in EnvironmentPolicy policy)
    {
        ReadOnlySpan<byte> method = request[CgiName.RequestMethod];
        bool expectsBody = method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);
        if (bodyLength == 0 && !expectsBody)
            return;
        Span<byte> digits = stackalloc byte[20];
        Add(ref writer, "CONTENT_LENGTH"u8, DecimalDigits.Format(bodyLength, digits), policy);
    }

    /// <returns>False if a variable was held back that an administrator may miss.</returns>
    private static bool AddRequest(ref EnvironmentWriter writer, scoped in VariableTable request, bool isOfPhp, in EnvironmentPolicy policy)
    {
        bool isComplete = true;
        for (int i = 0; i < request.Count; i++)
        {
            if (request.IsRepetition(i))
                continue;
            CgiName known = request.KnownAt(i);
            ReadOnlySpan<byte> name = request.NameAt(i);
            if (!policy.Admits(known, name))
            {
                isComplete &= !policy.IsMissed(known, name);
                continue;
            }
            int first = known.IsList() ? FirstWithValue(request, i) : request.LastOf(i);
            ReadOnlySpan<byte> value = ValueOf(request, first);
            if (policy.Sets(name) || (value.IsEmpty && known.IsAbsentWhenEmpty()) || (isOfPhp && name.SequenceEqual("REDIRECT_URL"u8)))
                continue;
            writer.Begin(name);
            writer.Append(value);
            if (known.IsList())
                AppendRepetitions(ref writer, request, first);
            writer.End();
        }
        return isComplete;
    }

    /// <summary>The first variable of a list that is not empty; the last if all are.</summary>
    private static int FirstWithValue(scoped in VariableTable request, int index)
    {
        while (request.ValueAt(index).IsEmpty && request.NextOf(index) is >= 0 and int next)
            index = next;
        return index;
    }

    /// <summary>A header that came twice (nginx before 1.23, HAProxy) is one header with a list. RFC 3875 section 4.1.18; RFC 6265 section 5.4 for Cookie.</summary>
    private static void AppendRepetitions(ref EnvironmentWriter writer, scoped in VariableTable request, int index)
    {
        bool isCookie = request.KnownAt(index) == CgiName.HttpCookie;
        for (int next = request.NextOf(index); next >= 0; next = request.NextOf(next))
        {
            writer.Append(isCookie ? "; "u8 : ", "u8);
            writer.Append(request.ValueAt(next));
        }
    }

    /// <summary>A variable's value, as it should have been sent.</summary>
    private static ReadOnlySpan<byte> ValueOf(scoped in VariableTable request, int index)
    {
        ReadOnlySpan<byte> value = request.ValueAt(index);
        return request.KnownAt(index) switch
        {
            // HAProxy 2.6 sends SERVER_NAME=host:port; an IPv6 address keeps its brackets and colons.
            CgiName.ServerName => HostAndPort.HostOf(value),
            CgiName.QueryString => RequestedQuery.Of(request[CgiName.RequestUri], value),
            _ => value,
        };
    }

    /// <summary>Variables that RFC 3875 requires (section numbers after each) or programs rely on, and that some web server leaves out or empty.</summary>
    private static void AddRequired(ref EnvironmentWriter writer, scoped in VariableTable request, in EnvironmentPolicy policy)
    {
        // Absent from HAProxy 2.6 and h2o 2.2, which say HTTPS=on where it is.
        bool isEncrypted = request[CgiName.Https] is { IsEmpty: false } https && !https.SequenceEqual("off"u8);
        ReadOnlySpan<byte> port = HostAndPort.PortOf(request[CgiName.HttpHost]);
        AddIfMissing(ref writer, request, CgiName.GatewayInterface, "GATEWAY_INTERFACE"u8, "CGI/1.1"u8, policy); // 4.1.4; absent from mod_proxy_scgi, h2o and nginx's scgi_params
        AddIfMissing(ref writer, request, CgiName.QueryString, "QUERY_STRING"u8, default, policy); // 4.1.7; HAProxy 2.6 leaves an empty one out
        AddIfMissing(ref writer, request, CgiName.RemoteAddr, "REMOTE_ADDR"u8, "0.0.0.0"u8, policy); // 4.1.8; not 127.0.0.1, which scripts trust
        AddIfMissing(ref writer, request, CgiName.RequestMethod, "REQUEST_METHOD"u8, "GET"u8, policy); // 4.1.12
        if (HostAndPort.HostOf(request[CgiName.ServerName]).IsEmpty)
            Add(ref writer, "SERVER_NAME"u8, ServerNameOf(request), policy); // 4.1.14
        AddIfMissing(ref writer, request, CgiName.ServerPort, "SERVER_PORT"u8, !port.IsEmpty ? port : isEncrypted ? "443"u8 : "80"u8, policy); // 4.1.15
        AddIfMissing(ref writer, request, CgiName.ServerProtocol, "SERVER_PROTOCOL"u8, "HTTP/1.1"u8, policy); // 4.1.16
        AddIfMissing(ref writer, request, CgiName.ServerSoftware, "SERVER_SOFTWARE"u8, "Shims"u8, policy); // 4.1.17
        // php-cgi refuses to run without it; from nginx's fastcgi_params and lighttpd only.
        AddIfMissing(ref writer, request, CgiName.RedirectStatus, "REDIRECT_STATUS"u8, "200"u8, policy);
        AddIfMissing(ref writer, request, CgiName.RequestScheme, "REQUEST_SCHEME"u8, isEncrypted ? "https"u8 : "http"u8, policy);
    }

    /// <summary>The name of a server whose web server does not know it: what the visitor typed, or else its address.</summary>
    private static ReadOnlySpan<byte> ServerNameOf(scoped in VariableTable request)
    {
        ReadOnlySpan<byte> host = HostAndPort.HostOf(request[CgiName.HttpHost]);
        ReadOnlySpan<byte> name = host.IsEmpty ? request[CgiName.ServerAddr] : host;
        return name.IsEmpty ? "localhost"u8 : name;
    }

    private static void AddInherited(ref EnvironmentWriter writer, scoped in VariableTable request, in EnvironmentPolicy policy)
    {
        if (policy.Inherited is null)
        {
            InheritedEnvironment.Write(ref writer);
            return;
        }
        ReadOnlySpan<byte> rest = policy.Inherited.Settings;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> setting = rest[..end];
            rest = rest[(end + 1)..];
            ReadOnlySpan<byte> name = setting[..setting.IndexOf((byte)'=')];
            if (policy.Sets(name) || IsFromRequest(request, name, policy))
                continue;
            writer.Append(setting);
            writer.End();
        }
    }

    private static bool IsFromRequest(scoped in VariableTable request, ReadOnlySpan<byte> name, in EnvironmentPolicy policy) =>
        policy.Allow is not null && request.Contains(name) && policy.Admits(CgiNames.Of(name), name);

    private static void AddIfMissing(ref EnvironmentWriter writer, scoped in VariableTable request, CgiName known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in EnvironmentPolicy policy)
    {
        if (request[known].IsEmpty || !policy.Admits(known, name))
            Add(ref writer, name, value, policy);
    }

    private static void Add(ref EnvironmentWriter writer, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, in EnvironmentPolicy policy)
    {
        if (!policy.Sets(name))
            writer.Add(name, value);
    }
}
