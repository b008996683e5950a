using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>A script that asks for a password, behind a gateway that holds passwords back from scripts.</summary>
internal static class LoginCheck
{
    private static readonly byte[] s_name = "HTTP_AUTHORIZATION"u8.ToArray();

    /// <summary>Looks at a response; null if its log-in can succeed.</summary>
    internal static Finding? Check(ScriptCase script, GatewayResponseHead head)
    {
        DoctorSettings settings = script.Settings;
        // A file of options may hold anything.
        if (head.Status != 401 || head.Find("WWW-Authenticate") is not { } scheme || settings.ValuesOf("--options").Any())
            return null;
        var policy = new EnvironmentPolicy(allow: [.. settings.ValuesOf("--allow-env").Select(Encoding.UTF8.GetBytes)]);
        if (policy.Admits(CgiNames.Of(s_name), s_name))
            return null;
        string gateway = Path.GetFileName(settings.Gateway[0]);
        return script.Warning($"it asks for a password (401, WWW-Authenticate: {scheme.Split(' ')[0]}), which {gateway} holds back from "
            + $"scripts: the log-in repeats without end")
            with
        {
            Advice = "write before TARGET: --allow-env HTTP_AUTHORIZATION; behind Apache also write CGIPassAuth On in the <Location>; or "
            + "let the web server check passwords"
        };
    }
}
