using Xunit.Sdk;

namespace Shims.MatrixTests;

/// <summary>The tests of one product, cell by cell. Products run side by side, the cells of one product one after the other.</summary>
public abstract class MatrixTest(RunningFronts fronts, Table table) : IClassFixture<RunningFronts>
{
    /// <summary>Fills a cell: it passes, or is skipped with the limit of the web server that explains its failure, or fails.</summary>
    protected async Task FillAsync(string front, Check check)
    {
        Front row = Fronts.Named(front);
        Requires.Tools(row.Product.Program, "curl");
        try
        {
            await Checks.RunAsync(check, await fronts.GetAsync(row));
        }
        catch (Exception failure) when (row.LimitOf(check) is { } limit && failure is not SkipException)
        {
            // A newer version may no longer have the limit; so it is tried, and only a failure needs the explanation.
            string explanation = $"{row.Product}: {limit}";
            table.Note(row, check, Outcome.NotApplicable, explanation);
            Assert.Skip(explanation);
        }
        catch (Exception failure) when (failure is not SkipException)
        {
            table.Note(row, check, Outcome.Failed, string.Join(' ', failure.Message.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)));
            string log = (await fronts.GetAsync(row)).Log;
            throw new InvalidOperationException($"{row} ({row.Product}) fails {check}: {failure.Message}\nLog:\n{log[^Math.Min(log.Length, 4000)..]}", failure);
        }
        table.Note(row, check, Outcome.Passed, "");
    }
}
