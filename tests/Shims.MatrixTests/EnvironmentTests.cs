using Shims.MatrixTests.Environments;

namespace Shims.MatrixTests;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task Scripts_get_the_same_environment_behind_every_web_server()
    {
        // AJP13 sends no variables: those that are made of a request are compared in ForwardRequestTests.
        Front[] fronts = [.. Cells.Rows.Where(front => front.Gateway != Gateway.Ajp)];
        Requires.Tools([.. fronts.Select(front => front.Product.Program).Distinct()]);
        var recordings = new List<Recording>();
        foreach (Front front in fronts)
            recordings.Add(await Recording.MakeAsync(front));

        if (Cells.Full)
            await File.WriteAllTextAsync(Repository.PathTo("docs/compatibility/environment.md"), new Report(recordings).ToMarkdown(), TestContext.Current.CancellationToken);
        IReadOnlyList<string> unexplained = Comparison.FindUnexplained(recordings);
        Assert.True(unexplained.Count == 0, string.Join('\n', unexplained));
    }
}
