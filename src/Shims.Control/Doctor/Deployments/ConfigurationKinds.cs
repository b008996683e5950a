using System.Text.RegularExpressions;
using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Tells configurations apart by what is in them, because names and places differ by system.</summary>
internal static partial class ConfigurationKinds
{
    /// <summary>Whose configuration a file is; None for scripts, sockets and everything else.</summary>
    internal static ConfigurationKind Of(string path)
    {
        if (ConfigurationFile.TryRead(path) is not { } text || text.StartsWith("#!", StringComparison.Ordinal))
            return ConfigurationKind.None;
        string name = Path.GetFileName(path);
        if (Path.GetExtension(path) is ".socket" or ".service")
            return ConfigurationKind.Unit;
        if (name.StartsWith("Caddyfile", StringComparison.Ordinal) || CaddyWords().IsMatch(text))
            return ConfigurationKind.Caddy;
        if (XinetdWords().IsMatch(text))
            return ConfigurationKind.Xinetd;
        if (InetdWords().IsMatch(text) || name == "inetd.conf")
            return ConfigurationKind.Inetd;
        if (ApacheWords().IsMatch(text))
            return ConfigurationKind.Apache;
        if (LighttpdWords().IsMatch(text))
            return ConfigurationKind.Lighttpd;
        if (HAProxyWords().IsMatch(text))
            return ConfigurationKind.HAProxy;
        return NginxWords().IsMatch(text) ? ConfigurationKind.Nginx : ConfigurationKind.None;
    }

    [GeneratedRegex(@"^\s*(reverse_proxy\s[^;]*$|php_fastcgi\s|transport\s+fastcgi\b)", RegexOptions.Multiline)]
    private static partial Regex CaddyWords();

    [GeneratedRegex(@"^\s*(service\s+\S+|defaults)\s*(#.*)?\n?\s*\{", RegexOptions.Multiline)]
    private static partial Regex XinetdWords();

    [GeneratedRegex(@"^[^#\s]\S*[ \t]+(stream|dgram|seqpacket|raw)[ \t]+(tcp|udp|unix|rpc/)\S*[ \t]+(wait|nowait)", RegexOptions.Multiline)]
    private static partial Regex InetdWords();

    [GeneratedRegex(@"^\s*(<(VirtualHost|Directory|DirectoryMatch|Location|LocationMatch|Files|FilesMatch|IfModule|IfDefine|Proxy|Macro)\b[^>]*>|(LoadModule|ServerRoot|SetHandler|AddHandler|ScriptAlias|ProxyPass|FcgidWrapper|IncludeOptional)\s+\S[^;]*$)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ApacheWords();

    [GeneratedRegex(@"^\s*((server|fastcgi|scgi|cgi|alias|url|index-file|mimetype)\.[a-z.-]+\s*\+?=|\$(HTTP|SERVER|PHYSICAL)\[)", RegexOptions.Multiline)]
    private static partial Regex LighttpdWords();

    [GeneratedRegex(@"^(global|defaults|frontend\s+\S+|backend\s+\S+|listen\s+\S+|fcgi-app\s+\S+)\s*(#.*)?$", RegexOptions.Multiline)]
    private static partial Regex HAProxyWords();

    [GeneratedRegex(@"^\s*((http|server|events|location\s[^;{}]*|upstream\s+\S+)\s*\{|(scgi|fastcgi|uwsgi|proxy)_(pass|param)\s[^;]*;|server_name\s[^;]*;)", RegexOptions.Multiline)]
    private static partial Regex NginxWords();
}
