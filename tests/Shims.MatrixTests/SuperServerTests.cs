namespace Shims.MatrixTests;

/// <summary>Both programs under every super-server, behind nginx: what could be different from one to another.</summary>
public sealed class SuperServerTests(RunningFronts fronts, Table table) : IClassFixture<RunningFronts>
{
    // In order of the columns. Stays: with scgi-run only where something stays beside the script.
    private static readonly (string Title, Check? Like, Func<RunningFront, Task> RunAsync, bool Stays)[] s_checks =
    [
        Like("page", Check.Page),
        Like("environment", Check.Environment),
        ("surroundings", null, SurroundingChecks.SurroundingsAsync, false),
        ("standard error", null, SurroundingChecks.StandardErrorAsync, false),
        Like("POST 0 B", Check.PostNothing),
        Like("POST 1 B", Check.PostByte),
        Like("POST 1 MiB", Check.PostMegabyte),
        Like("POST 20 MiB", Check.PostLarge),
        Like("chunked POST", Check.Chunked),
        Like("50 MiB page", Check.Download),
        Like("8 × 50 requests", Check.Concurrent),
        Like("early 413", Check.EarlyRefusal),
        Like("browser leaves, script writes", Check.LeftWhileWriting),
        Like("browser leaves, script silent", Check.LeftWhileSilent, stays: true),
        Like("killed script shows", Check.BrokenOff, stays: true),
    ];

    internal static IReadOnlyList<string> Columns => [.. s_checks.Select(check => check.Title)];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (SuperServerFront row in SuperServerFront.All.Where(row => Cells.Full || row.IsQuick))
                foreach ((string column, _, _, _) in s_checks.Where(check => Cells.Includes(row, check.Like)))
                    cells.Add(row.Name, column);
            return cells;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Under_a_super_server(string superServer, string check)
    {
        SuperServerFront row = SuperServerFront.All.Single(front => front.Name == superServer);
        if (SuperServerFront.Unpacked.TryGetValue(row.Product, out UnpackedPackage? package))
            await package.FindAsync();
        Requires.Tools(row.Product.Program, "nginx", "curl");
        (_, Check? like, Func<RunningFront, Task> runAsync, bool stays) = s_checks.Single(known => known.Title == check);
        RunningFront running = await fronts.GetAsync(stays ? row.Staying : row);
        string? limit = like is { } known && row.LimitOf(known) is { } reason ? $"{row.Product}: {reason}" : null;
        await table.SuperServers.FillAsync(superServer, check, limit, () => runAsync(running), () => running.Log);
    }

    private static (string, Check?, Func<RunningFront, Task>, bool) Like(string title, Check check, bool stays = false) =>
        (title, check, front => Checks.RunAsync(check, front), stays);
}
