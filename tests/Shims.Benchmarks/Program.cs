// The benchmarks: every row of the table measured on two sides, in turn, in one run. make bench runs this.
using Shims.Benchmarks;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Reporting;

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 64;
}

if (options.Rows.Find(name => !Catalogue.Rows.Any(row => row.Name == name)) is { } unknown)
{
    Console.Error.WriteLine($"there is no row {unknown}: the rows are {string.Join(", ", Catalogue.Rows.Select(row => row.Name))}");
    return 64;
}

IBenchmark[] rows = [.. Catalogue.Rows.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name))];
if (options.ListsOnly)
{
    foreach (IBenchmark row in rows)
        Console.WriteLine($"{row.Name,-20} {row.Measure}");
    return 0;
}

string machine = Machine.Describe();
Effort effort = options.IsQuick ? Effort.Quick : Effort.Full;
using var interruption = new Interruption();
using var workshop = new Workshop(options.Programs);
var results = new List<Result>();
foreach (IBenchmark row in rows)
{
    Console.Error.WriteLine($"measuring {row.Name}: {row.Measure}");
    Result result = await MeasureAsync(row);
    if (interruption.Token.IsCancellationRequested)
        return 130; // As a shell says that ctrl-C ended a program.
    results.Add(result);
}

string report = new Report(machine, effort, results).ToString();
Console.WriteLine();
Console.Write(report);

// What is kept is one whole unhurried run of what make built: never rows of different days side by side.
if (!options.IsQuick && options.Rows.Count == 0 && options.Programs is null)
    File.WriteAllText(Workshop.ReportFile, report);
return results.Exists(result => result.IsFailure) ? 1 : 0;

async Task<Result> MeasureAsync(IBenchmark row)
{
    try
    {
        await using Contest contest = await row.PrepareAsync(workshop);
        return new Result(row, await contest.RunAsync(effort, interruption.Token));
    }
    catch (FileNotFoundException missing)
    {
        return new Result(row, null, missing.Message);
    }
    catch (Exception invalid) when (invalid is InvalidMeasurementException or InvalidOperationException or TimeoutException or OperationCanceledException)
    {
        return new Result(row, null, invalid.Message, IsFailure: true);
    }
}
