using Shims.Diagnostics;
using Shims.Gateway;
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

    /// <summary>What is wrong with a file of <c>--options</c>, as the program would say it; null if nothing is.</summary>
    internal string? FaultOfOptionsFile => Expanded.Fault;

    /// <summary>The arguments, with the options of each <c>--options FILE</c> in its place, as the program reads them; as they are written if a file cannot be read.</summary>
    private IReadOnlyList<string> Words => Expanded.Words;

    private (IReadOnlyList<string> Words, string? Fault) Expanded
    {
        get
        {
            try
            {
                return (IsGateway ? OptionsFile.Expand([.. Arguments], s_options.GetValueOrDefault) : Arguments, null);
            }
            catch (ShimException exception)
            {
                return (Arguments, exception.Message);
            }
        }
    }

    /// <summary>What a gateway runs: a script, or with a slash at the end a directory of scripts. Null if there is nothing, or if it is no gateway.</summary>
    internal string? Target => IsGateway && TargetIndex < Words.Count ? Words[TargetIndex] : Name == "shim-dotnet" && Words.Count > 0 ? Words[0] : null;

    /// <summary>An option that the gateways do not have; null if all are known.</summary>
    internal string? UnknownOption => !IsGateway ? null : Words.Take(TargetIndex).FirstOrDefault(argument =>
        argument.StartsWith('-') && argument != "--" && !s_options.ContainsKey(NameOf(argument)) && !IsValue(argument));

    private int TargetIndex
    {
        get
        {
            for (int i = 0; i < Words.Count; i++)
            {
                if (Words[i] == "--")
                    return i + 1;
                if (!Words[i].StartsWith('-'))
                    return i;
                if (s_options.GetValueOrDefault(Words[i]))
                    i++;
            }
            return Words.Count;
        }
    }

    /// <summary>The value of an option; null if it is not there.</summary>
    internal string? ValueOf(string option)
    {
        for (int i = 0; i < Math.Min(TargetIndex, Words.Count); i++)
        {
            if (Words[i].StartsWith(option + "=", StringComparison.Ordinal))
                return Words[i][(option.Length + 1)..];
            if (Words[i] == option && i + 1 < Words.Count)
                return Words[i + 1];
        }
        return null;
    }

    /// <summary>All values of an option that may be given several times.</summary>
    internal IReadOnlyList<string> ValuesOf(string option)
    {
        var values = new List<string>();
        for (int i = 0; i < Math.Min(TargetIndex, Words.Count); i++)
        {
            if (Words[i].StartsWith(option + "=", StringComparison.Ordinal))
                values.Add(Words[i][(option.Length + 1)..]);
            else if (Words[i] == option && i + 1 < Words.Count)
                values.Add(Words[++i]);
        }
        return values;
    }

    public override string ToString() => ShellWord.Join([Program, .. Arguments]);

    private bool IsValue(string argument)
    {
        int index = Words.ToList().IndexOf(argument);
        return index > 0 && s_options.GetValueOrDefault(Words[index - 1]);
    }

    private static string NameOf(string argument) => argument.Split('=')[0];
}
