// The benchmarks: every row of the table measured on two sides, in turn, in one run. make bench runs this.
using Shims.Benchmarks;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Reporting;

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 64;
}

if (options.Rows.Find(name => !Catalogue.Names.Contains(name)) is { } unknown)
{
    Console.Error.WriteLine($"there is no row {unknown}: the rows are {string.Join(", ", Catalogue.Names)}");
    return 64;
}

IReadOnlyList<IBenchmark> benchmarks = Catalogue.Find(options.Rows);
if (options.ListsOnly)
{
    foreach (IBenchmark benchmark in benchmarks)
        Console.WriteLine($"{benchmark.Name,-22} {benchmark.Measure}");
    return 0;
}

string machine = Machine.Describe();
Effort effort = options.IsQuick ? Effort.Quick : Effort.Full;
using var interruption = new Interruption();
using var workshop = new Workshop(options.Programs);
var results = new List<Result>();
long start = Environment.TickCount64;
foreach (IBenchmark benchmark in benchmarks)
{
    Console.Error.WriteLine($"{TimeSinceStart():m\\:ss} measuring {benchmark.Name}: {benchmark.Measure}");
    Result result = await MeasureAsync(benchmark);
    if (interruption.Token.IsCancellationRequested)
        return 130; // As a shell says that ctrl-C ended a program.
    results.Add(result);
}

string report = new Report(machine, effort, TimeSinceStart(), results).ToString();
Console.WriteLine();
Console.Write(report);

// What is kept is one whole unhurried run of what make built: never rows of different days side by side.
if (!options.IsQuick && options.Rows.Count == 0 && options.Programs is null)
{
    File.WriteAllText(Workshop.ReportFile, report);
    File.WriteAllText(Workshop.ChartFile, Chart.Draw(RunRecord.Parse(report)));
}

return results.Exists(result => result.IsFailure) ? 1 : 0;

TimeSpan TimeSinceStart() => TimeSpan.FromMilliseconds(Environment.TickCount64 - start);

async Task<Result> MeasureAsync(IBenchmark benchmark)
{
    try
    {
        await using Contest contest = await benchmark.PrepareAsync(workshop);
        return new Result(benchmark, await contest.RunAsync(effort, interruption.Token));
    }
    catch (FileNotFoundException missing)
    {
        return new Result(benchmark, [], missing.Message);
    }
    catch (Exception invalid)
    {
        // Whatever it is, it must not cost the rows that were measured before it.
        return new Result(benchmark, [], invalid is InvalidMeasurementException ? invalid.Message : $"{invalid.GetType().Name}: {invalid.Message}", IsFailure: true);
    }
}
