// What the project's own targets left beside the program: dotnet run --project samples/OwnTargets
foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "engines"), "*", SearchOption.AllDirectories))
{
    Console.WriteLine($"{Path.GetRelativePath(AppContext.BaseDirectory, file)} {new FileInfo(file).Length} bytes");
}
