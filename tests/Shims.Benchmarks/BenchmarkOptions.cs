namespace Shims.Benchmarks;

/// <summary>The command line: <c>[--quick] [--list] [--programs FOLDER] [ROW...]</c>.</summary>
internal sealed class BenchmarkOptions
{
    public const string Usage = "usage: Shims.Benchmarks [--quick] [--list] [--programs FOLDER] [ROW...]";

    /// <summary>About three minutes, for a look; the figures are not kept.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>Names the rows instead of running them.</summary>
    public bool ListsOnly { get; private set; }

    /// <summary>Where scgi-run and fcgi-run are, to compare builds; null: bin/ of the repository.</summary>
    public string? Programs { get; private set; }

    /// <summary>The rows to run; none: all.</summary>
    public List<string> Rows { get; } = [];

    /// <summary>Null if an argument is unknown or lacks its value.</summary>
    public static BenchmarkOptions? Parse(string[] args)
    {
        var options = new BenchmarkOptions();
        for (int index = 0; index < args.Length; index++)
        {
            switch (args[index])
            {
                case "--quick":
                    options.IsQuick = true;
                    break;
                case "--list":
                    options.ListsOnly = true;
                    break;
                case "--programs" when index + 1 < args.Length:
                    options.Programs = args[++index];
                    break;
                case ['-', ..]:
                    return null;
                case var row:
                    options.Rows.Add(row);
                    break;
            }
        }

        return options;
    }
}
