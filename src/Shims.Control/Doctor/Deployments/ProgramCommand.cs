using Shims.Programs;

namespace Shims.Control.Doctor.Deployments;

/// <summary>A program that a super-server or a web server starts, and what it is told.</summary>
/// <param name="Program">The path of its file.</param>
/// <param name="Arguments">Without argv[0].</param>
internal sealed record ProgramCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The gateways' options; true for those that have a value after them.</summary>
    private static readonly IReadOnlyDictionary<string, bool> s_options = GatewayCommand.Options;

    internal string Name => Path.GetFileName(Program);

    /// <summary>Whether it is one of the two gateways of this project.</summary>
    internal bool IsGateway => Name is "scgi-run" or "fcgi-run";

    internal SpokenProtocol Protocol => Name switch
    {
        "scgi-run" or "scgi_run" => SpokenProtocol.Scgi,
        "fcgi-run" or "fcgiwrap" or "php-cgi" or "php-fpm" or "slowcgi" => SpokenProtocol.FastCgi,
        "shim-dotnet" => SpokenProtocol.Both,
        _ => SpokenProtocol.Unknown,
    };

    /// <summary>What a gateway runs: a script, or with a slash at the end a directory of scripts. Null if there is nothing, or if it is no gateway.</summary>
    internal string? Target => IsGateway && TargetIndex < Arguments.Count ? Arguments[TargetIndex] : Name == "shim-dotnet" && Arguments.Count > 0 ? Arguments[0] : null;

    /// <summary>An option that the gateways do not have; null if all are known.</summary>
    internal string? UnknownOption => !IsGateway ? null : Arguments.Take(TargetIndex).FirstOrDefault(argument =>
        argument.StartsWith('-') && argument != "--" && !s_options.ContainsKey(NameOf(argument)) && !IsValue(argument));

    private int TargetIndex
    {
        get
        {
            for (int i = 0; i < Arguments.Count; i++)
            {
                if (Arguments[i] == "--")
                    return i + 1;
                if (!Arguments[i].StartsWith('-'))
                    return i;
                if (s_options.GetValueOrDefault(Arguments[i]))
                    i++;
            }
            return Arguments.Count;
        }
    }

    /// <summary>The value of an option; null if it is not there.</summary>
    internal string? ValueOf(string option)
    {
        for (int i = 0; i < Math.Min(TargetIndex, Arguments.Count); i++)
        {
            if (Arguments[i].StartsWith(option + "=", StringComparison.Ordinal))
                return Arguments[i][(option.Length + 1)..];
            if (Arguments[i] == option && i + 1 < Arguments.Count)
                return Arguments[i + 1];
        }
        return null;
    }

    /// <summary>All values of an option that may be given several times.</summary>
    internal IReadOnlyList<string> ValuesOf(string option)
    {
        var values = new List<string>();
        for (int i = 0; i < Math.Min(TargetIndex, Arguments.Count); i++)
        {
            if (Arguments[i].StartsWith(option + "=", StringComparison.Ordinal))
                values.Add(Arguments[i][(option.Length + 1)..]);
            else if (Arguments[i] == option && i + 1 < Arguments.Count)
                values.Add(Arguments[++i]);
        }
        return values;
    }

    public override string ToString() => ShellWord.Join([Program, .. Arguments]);

    private bool IsValue(string argument)
    {
        int index = Arguments.ToList().IndexOf(argument);
        return index > 0 && s_options.GetValueOrDefault(Arguments[index - 1]);
    }

    private static string NameOf(string argument) => argument.Split('=')[0];
}
